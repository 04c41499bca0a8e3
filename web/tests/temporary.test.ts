import { describe, expect, it } from 'vitest'
import type { TemporaryGrid } from '@/client'
import { addDays, dayIn, daysBetween, momentIn } from '@/lib/days'
import { sideAt } from '@/map/outline'
import { nearestOnLines } from '@/map/worker/hit'
import { untilText } from '@/map/worker/labels'
import type { Feature } from '@/map/worker/tiles'
import {
  beginChange,
  boxOfTemporary,
  changesOf,
  cornersOf,
  drawing,
  emptyTemporary,
  faceOf,
  missingOf,
  missingOfChange,
  periodOf,
  phaseOf,
} from '@/planner/temporary'
import { outline } from '@/state/shared'

const market: TemporaryGrid = {
  id: 1,
  name: '腊月大集',
  kind: 'market',
  area: { id: 11, code: '370399001001', name: '幸福社区' },
  first_day: '2027-01-30',
  last_day: '2027-02-03',
  from_time: '06:00',
  to_time: null,
  reason: '摊位占道',
  officers: [],
  geometry: {
    type: 'MultiPolygon',
    coordinates: [
      [
        [
          [1, 2],
          [3, 2],
          [3, 5],
          [1, 2],
        ],
      ],
    ],
  },
}

describe('days', () => {
  it('are those of the time zone', () => {
    const moment = Date.parse('2026-12-31T17:30:00Z')
    expect(dayIn('Asia/Shanghai', moment)).toBe('2027-01-01')
    expect(momentIn('Asia/Shanghai', moment)).toBe('2027-01-01T01:30')
    expect(momentIn('UTC', moment)).toBe('2026-12-31T17:30')
  })

  it('are counted over months and leap days', () => {
    expect(addDays('2028-02-28', 2)).toBe('2028-03-01')
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31')
    expect(daysBetween('2026-12-31', '2027-01-02')).toBe(2)
  })
})

describe('a temporary grid', () => {
  it('is coming, under way, and over, to the hour', () => {
    expect(phaseOf(market, '2027-01-30T05:59')).toBe('coming')
    expect(phaseOf(market, '2027-01-30T06:00')).toBe('now')
    expect(phaseOf(market, '2027-02-03T23:59')).toBe('now')
    expect(phaseOf(market, '2027-02-04T00:00')).toBe('over')
    expect(phaseOf({ ...market, to_time: '14:00' }, '2027-02-03T14:00')).toBe('over')
  })

  it('tells its period and its box', () => {
    expect(periodOf(market)).toEqual({ from: '2027-01-30 06:00', to: '2027-02-03' })
    expect(boxOfTemporary(market)).toEqual([1, 2, 3, 5])
  })

  it('must have an outline, a name, a reason, and an end that is ahead', () => {
    const now = '2027-01-30T12:00'
    const draft = emptyTemporary('2027-01-30')
    expect(missingOf(draft, 2, now)).toEqual(['outline', 'name', 'reason', 'lastDay'])
    Object.assign(draft, { name: '集', reason: '大集', lastDay: '2027-01-30' })
    expect(missingOf(draft, 3, now)).toEqual([])
    expect(missingOf({ ...draft, toTime: '12:00' }, 3, now)).toEqual(['order'])
    expect(missingOf({ ...draft, fromTime: '15:00', toTime: '14:00' }, 3, now)).toEqual(['order'])
    expect(missingOf({ ...draft, firstDay: '2027-01-29' }, 3, now)).toEqual(['firstDay'])
    expect(missingOf({ ...draft, firstDay: '2027-02-01' }, 3, now)).toEqual(['order'])
  })

  it('is changed in what differs and no more', () => {
    beginChange(market)
    const draft = drawing.draft ?? emptyTemporary('')
    const corners = outline.corners
    expect(corners).toEqual([
      [1, 2],
      [3, 2],
      [3, 5],
    ])
    expect(missingOfChange(market, draft, corners)).toEqual(['change'])
    expect(changesOf(market, { ...draft, name: '新集 ', officers: ['a'] }, corners)).toEqual({
      name: '新集',
      officer_ids: ['a'],
    })
    const moved = [...corners, [1, 5] as const]
    expect(missingOfChange(market, draft, moved)).toEqual([])
    expect(changesOf(market, draft, moved)).toEqual({ geometry: faceOf(moved) })
    expect(missingOfChange(market, { ...draft, reason: ' ' }, corners.slice(1))).toEqual([
      'outline',
      'reason',
    ])
  })

  it('keeps an outline of several pieces unless it is drawn anew', () => {
    const piece = (market.geometry.coordinates as unknown[])[0]
    const two = {
      ...market,
      geometry: { type: 'MultiPolygon', coordinates: [piece, piece] },
    } as const
    const grid = two as unknown as TemporaryGrid
    expect(cornersOf(grid)).toBeNull()
    beginChange(grid)
    const draft = { ...(drawing.draft ?? emptyTemporary('')), name: '两块' }
    expect(missingOfChange(grid, draft, [])).toEqual([])
    expect(changesOf(grid, draft, [])).toEqual({ name: '两块' })
  })

  it('takes a corner into the side it is put on', () => {
    const square = [
      [0, 0],
      [100, 0],
      [100, 100],
      [0, 100],
    ] as const
    expect(sideAt(square, [50, 3])).toBe(1)
    expect(sideAt(square, [2, 50])).toBe(4)
    expect(sideAt(square, [50, 50])).toBeNull()
    expect(sideAt(square.slice(0, 2), [50, 0])).toBeNull()
  })

  it('says until when on the map', () => {
    expect(untilText('2027-02-04T00:00', false)).toBe('至 2/3')
    expect(untilText('2027-03-01T00:00', true)).toBe('to 28 Feb')
    expect(untilText('2027-02-03T14:00', true)).toBe('to 3 Feb 14:00')
    expect(untilText('', false)).toBe('')
  })
})

describe('snapping', () => {
  const line = (...flat: number[]): Feature => ({
    id: 1,
    type: 2,
    properties: {},
    parts: [Float32Array.from(flat)],
    box: [0, 0, 100, 100],
    path: null,
  })

  it('takes the nearest point of the nearest line', () => {
    const lines = [line(0, 0, 100, 0), line(0, 10, 100, 10)]
    expect(nearestOnLines(lines, 40, 7, 5)).toEqual({ x: 40, y: 10, distance: 3 })
    expect(nearestOnLines(lines, -3, 0, 5)).toEqual({ x: 0, y: 0, distance: 3 })
  })

  it('leaves alone what is far from all lines', () => {
    expect(nearestOnLines([line(0, 0, 100, 0)], 40, 7, 5)).toBeNull()
    expect(nearestOnLines([line(5, 5, 5, 5)], 5, 5, 1)).toEqual({ x: 5, y: 5, distance: 0 })
  })
})
