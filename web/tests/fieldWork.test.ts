import { describe, expect, it } from 'vitest'
import type { CaseBrief } from '@/api/types'
import type { Category } from '@/client'
import { isInside, metresBetween, metresToArea, metresToStretch } from '@/field/mine/distance'
import { readTaken, withTaken } from '@/field/photo/exif'
import { notesFor } from '@/field/photo/shrink'
import { findKinds, likelyKinds } from '@/field/report/kinds'
import { nearCases } from '@/field/report/near'

const DAY_MS = 86_400_000
/** A picture of nothing: begin, one segment, scan, end. */
const BARE = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xda, 0, 2, 0xff, 0xd9])
  .buffer

describe('where and when a photo was taken', () => {
  const taken = {
    ...{ local: '2026:11:22 09:02:03', offset: '+08:00' },
    ...{ lon: 118.3052123, lat: -36.6014321, datum: 'WGS-84' },
  }

  it('is read as it was written, to some millimetres', () => {
    const { lon, lat, ...rest } = readTaken(withTaken(BARE, taken))
    expect(rest).toEqual({ local: taken.local, offset: taken.offset, datum: 'WGS-84' })
    expect(lon).toBeCloseTo(taken.lon, 7)
    expect(lat).toBeCloseTo(taken.lat, 7)
  })

  it('leaves the picture as it is', () => {
    const bytes = new Uint8Array(withTaken(BARE, taken))
    expect([...bytes.slice(-(BARE.byteLength - 2))]).toEqual([...new Uint8Array(BARE).slice(2)])
    expect(withTaken(BARE, {})).toBe(BARE)
  })

  it.each([
    ['no picture', new ArrayBuffer(0)],
    ['nothing written', BARE],
    ['cut off', withTaken(BARE, taken).slice(0, 60)],
  ])('says nothing where nothing can be read: %s', (_name, bytes) => {
    expect(readTaken(bytes)).toEqual({})
  })

  it('is what the camera says, and only of a picture of just now what the phone knows', () => {
    const here = { lon: 118, lat: 36, accuracyM: 8, at: 0 }
    expect(notesFor({}, null, null)).toEqual({})
    expect(notesFor(taken, here, Date.now())).toEqual(taken)
    const told = notesFor({}, here, Date.UTC(2026, 10, 22))
    expect(told).toMatchObject({ lon: 118, lat: 36, datum: 'WGS-84' })
    const [day, clock] = (told.local ?? '').split(' ')
    const moment = `${day?.replaceAll(':', '-')}T${clock}${told.offset}`
    expect(Date.parse(moment)).toBe(Date.UTC(2026, 10, 22))
    expect(notesFor({}, { ...here, accuracyM: 900 }, null)).toEqual({})
  })
})

describe('kinds', () => {
  const kind = (id: number, name: string, active = true) =>
    ({ id, name, name_en: `Kind ${id}`, code: `0${id}`, active }) as Category
  const kinds = [
    kind(1, '道路破损'),
    kind(2, '暴露垃圾'),
    kind(3, '井盖缺失'),
    kind(4, '旧类别', false),
  ]

  it('come first that were reported lately, by oneself and in this grid', () => {
    const now = 100 * DAY_MS
    const before = [
      { categoryId: 3, gridId: 7, at: now - DAY_MS, own: false },
      { categoryId: 2, gridId: 8, at: now - DAY_MS, own: true },
      { categoryId: 1, gridId: 7, at: now - 90 * DAY_MS, own: true },
      { categoryId: 4, gridId: 7, at: now, own: true },
    ]
    expect(likelyKinds(kinds, before, 7, 9, now).map(({ id }) => id)).toEqual([2, 3, 1])
    expect(likelyKinds(kinds, [], null, 2, now).map(({ id }) => id)).toEqual([1, 2])
  })

  it('are found by a few characters of name or code', () => {
    expect(findKinds(kinds, '井').map(({ id }) => id)).toEqual([3])
    expect(findKinds(kinds, ' KIND 2 ').map(({ id }) => id)).toEqual([2])
    expect(findKinds(kinds, '旧')).toEqual([])
  })
})

describe('places', () => {
  const square = {
    type: 'Polygon',
    coordinates: [
      [
        [118, 36],
        [118.01, 36],
        [118.01, 36.01],
        [118, 36.01],
        [118, 36],
      ],
      [
        [118.004, 36.004],
        [118.006, 36.004],
        [118.006, 36.006],
        [118.004, 36.004],
      ],
    ],
  }

  it('lie within a grid or so far from it', () => {
    expect(isInside({ lon: 118.002, lat: 36.002 }, square)).toBe(true)
    expect(isInside({ lon: 118.0055, lat: 36.005 }, square)).toBe(false)
    const west = { lon: 117.999, lat: 36.005 }
    expect(metresToArea(west, square)).toBeCloseTo(
      metresBetween(west, { lon: 118, lat: 36.005 }),
      0,
    )
    expect(metresToArea({ lon: 118.002, lat: 36.002 }, square)).toBe(0)
  })

  it('are measured to the nearest point of a stretch', () => {
    const [from, to] = [
      { lon: 118, lat: 36 },
      { lon: 118.01, lat: 36 },
    ]
    expect(metresToStretch({ lon: 118.005, lat: 36.001 }, from, to)).toBeCloseTo(111.3, 0)
    expect(metresToStretch({ lon: 118.02, lat: 36 }, from, to)).toBeCloseTo(
      metresBetween(to, { lon: 118.02, lat: 36 }),
      0,
    )
  })

  it('have cases of the same kind nearby, nearest first', () => {
    const at = (id: string, lon: number | null, kind: number) =>
      ({ id, lon, lat: lon === null ? null : 36, category: { id: kind } }) as CaseBrief
    const cases = [
      at('far', 118.01, 1),
      at('b', 118.0004, 1),
      at('a', 118.0001, 1),
      at('x', 118, 2),
      at('?', null, 1),
    ]
    const here = { lon: 118, lat: 36 }
    expect(nearCases(cases, here, 1).map(({ found }) => found.id)).toEqual(['a', 'b'])
    expect(nearCases(cases, here)).toHaveLength(3)
  })
})
