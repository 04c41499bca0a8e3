import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import type { CaseDetail, LedgerLine } from '@/api/types'
import { LEADS_TO, nextState, photosAsked } from '@/case/actions'
import { clockText, standAt, turnsIn } from '@/case/clock'
import { putRightLate, told, writtenLater } from '@/case/ledger'
import { moved, WHOLE, zoomed } from '@/case/zoom'
import type { CaseTime } from '@/client'
import { setLanguage } from '@/i18n'
import { openCasePage, rememberList, standingOf } from '@/state/casePage'
import { view } from '@/state/url'

beforeEach(() => setLanguage('zh-CN'))
const HOUR = 3600

describe('the clock of a case', () => {
  const time: CaseTime = {
    at: '2026-11-20T02:00:00Z',
    clock: 'working-hours',
    limit_s: 4 * HOUR,
    day_s: 8 * HOUR,
    left_s: 4 * HOUR,
    runs: true,
    turns_at: '2026-11-20T04:00:00Z',
  }
  const due = '2026-11-20T08:00:00Z'

  it('runs down from what the server told, by the time that went by here', () => {
    expect(standAt(time, due, 90_000)).toEqual({ leftS: 4 * HOUR - 90, mood: 'calm', runs: true })
    expect(turnsIn(time)).toBe(2 * HOUR * 1000)
  })

  it('rests when its hours end', () => {
    expect(standAt(time, due, 3 * HOUR * 1000)).toEqual({
      leftS: 2 * HOUR,
      mood: 'calm',
      runs: false,
    })
  })

  it('says what is soon over and what is past', () => {
    const short = { ...time, left_s: HOUR, turns_at: null }
    expect(standAt(short, due, 0).mood).toBe('soon')
    expect(standAt(short, due, 2 * HOUR * 1000)).toMatchObject({ leftS: -HOUR, mood: 'late' })
    // By a clock that rests nothing may have gone by since the deadline.
    const weekend = { ...time, at: '2026-11-21T02:00:00Z', left_s: 0, runs: false }
    expect(standAt({ ...weekend, turns_at: null }, due, 0).mood).toBe('late')
  })

  it('is not late while it is suspended', () => {
    const stopped = { ...time, at: '2026-12-21T02:00:00Z', left_s: 3 * HOUR, runs: false }
    expect(standAt(stopped, null, 0)).toEqual({ leftS: 3 * HOUR, mood: 'calm', runs: false })
  })

  it('speaks in its own words', () => {
    expect(clockText(3.5 * HOUR, 'working-hours', 8 * HOUR)).toBe('工作时 3 小时 30 分')
    expect(clockText(19 * HOUR, 'working-days', 8 * HOUR)).toBe('2 个工作日 3 小时')
    expect(clockText(30 * HOUR, 'continuous', 8 * HOUR)).toBe('1 天 6 小时')
    expect(clockText(2 * HOUR + 5, 'continuous', 8 * HOUR, true)).toBe('2:00:05')
    expect(clockText(20, 'continuous', 8 * HOUR)).toBe('0 分')
    setLanguage('en')
    expect(clockText(3 * HOUR, 'working-hours', 8 * HOUR)).toBe('3 h of work')
  })
})

describe('steps of a case', () => {
  it('lead where the table of the course says', () => {
    const table = readFileSync('../docs/states.md', 'utf8')
    const rows = [...table.matchAll(/^\| ([^|]*) \| `([\w-]+)`[^|]*\| ([^|]*) \|/gm)]
    const certain = Object.fromEntries(
      rows.map(([, , action, after]) => [action, after?.trim() ?? '']),
    )
    for (const [action, state] of Object.entries(LEADS_TO)) expect(certain[action]).toBe(state)
    // What leads to one state only is told beforehand.
    const single = rows.filter(
      ([, from, , to]) => from?.trim() !== '–' && /^\w+$/.test(to?.trim() ?? ''),
    )
    expect(single.map(([, , action]) => action).sort()).toEqual(Object.keys(LEADS_TO).sort())
    expect(nextState('rework', { unit: null, state: 'handled' })).toBe('filed')
    expect(nextState('rework', { unit: { id: 1, name: '环卫' }, state: 'handled' })).toBe(
      'dispatched',
    )
    expect(nextState('supervise', { unit: null, state: 'filed' })).toBeNull()
  })

  const shown = (photos: [string, string][], ledger: [string, string][]) =>
    ({
      photos: photos.map(([role, received_at]) => ({ role, received_at })),
      ledger: ledger.map(([action, received_at]) => ({ action, received_at })),
    }) as unknown as CaseDetail

  it('ask for the photos that are not there', () => {
    const none = shown([], [])
    expect(photosAsked('rectify', none, 'photo').map(({ role }) => role)).toEqual([
      'before',
      'after',
    ])
    expect(photosAsked('verify', none, 'photo')).toEqual([{ role: 'after', needed: true }])
    expect(photosAsked('verify', none, 'none')).toEqual([])
    expect(photosAsked('verify', none, 'before-and-after')).toHaveLength(2)
    expect(photosAsked('handle', none, 'photo')).toEqual([{ role: 'after', needed: false }])
    expect(photosAsked('close', none, 'photo')).toEqual([])
  })

  it('ask anew after rework', () => {
    const again = shown([['after', '2026-11-20T01:00:00Z']], [['rework', '2026-11-20T02:00:00Z']])
    expect(photosAsked('verify', again, 'photo')).toHaveLength(1)
    const after = shown([['after', '2026-11-20T03:00:00Z']], [['rework', '2026-11-20T02:00:00Z']])
    expect(photosAsked('verify', after, 'photo')).toEqual([])
  })
})

describe('the ledger in words', () => {
  const around = {
    units: [{ id: 3, name: '环卫所', name_en: 'Sanitation' }],
    related: [],
    category: undefined,
  }
  const line = (action: string, said: Partial<LedgerLine>) =>
    ({
      seq: 1,
      action,
      occurred_at: '2026-11-20T02:00:00Z',
      received_at: '2026-11-20T02:00:00Z',
      facts: {},
      ...said,
    }) as LedgerLine

  it('names units, on whose behalf, and by which rule', () => {
    expect(told(line('dispatch', { facts: { unit_id: 3, rule: '市容' } }), around)).toEqual([
      '环卫所',
      '按规则“市容”自动派遣',
    ])
    expect(told(line('accept', { facts: { for_unit: 3 } }), around)).toEqual(['代 环卫所 办理'])
    expect(told(line('whistle', { facts: { unit_ids: [3] } }), around)).toEqual(['环卫所'])
    const paper = { kind: 'supervision', step: 'signed', number: '督办〔2026〕1号' }
    expect(told(line('paper', { facts: paper }), around)).toEqual([
      '督办单 督办〔2026〕1号 签章件收回',
    ])
    setLanguage('en')
    expect(told(line('dispatch', { facts: { unit_id: 3 } }), around)).toEqual(['Sanitation'])
  })

  it('tells no JSON and no digest', () => {
    const facts = { text_digest: 'ab', area_path: '1.2', lon: 118, lat: 36, severity: 'red' }
    expect(told(line('report', { facts }), around)).toEqual(['红色（急）'])
  })

  it('marks what was written up later and what came late', () => {
    expect(writtenLater(line('handle', {}))).toBeNull()
    const offline = line('handle', { occurred_at: '2026-11-20T01:00:00Z' })
    expect(writtenLater(offline)).toBe('2026-11-20T01:00:00Z')
    const due = (deadline_at: string | null) => ({ facts: { deadline_at } })
    const lines = [
      line('report', { seq: 1, ...due('2026-11-20T01:00:00Z') }),
      line('handle', { seq: 2 }),
      line('reopen', { seq: 3, ...due('2026-11-21T01:00:00Z') }),
      line('handle', { seq: 4 }),
    ]
    expect([...putRightLate(lines)]).toEqual([2])
    expect([...putRightLate([line('report', due(null)), line('handle', { seq: 2 })])]).toEqual([])
  })
})

describe('looking closer at a photo', () => {
  it('keeps the point under the pointer where it is', () => {
    const closer = zoomed(WHOLE, 2, [100, 0])
    expect(closer).toEqual({ scale: 2, x: -100, y: 0 })
    expect(zoomed(closer, 0.1)).toEqual(WHOLE)
    expect(zoomed(closer, 100).scale).toBe(8)
  })

  it('does not move out of sight', () => {
    expect(moved({ scale: 2, x: 0, y: 0 }, [1000, -20], [400, 300])).toEqual({
      scale: 2,
      x: 200,
      y: -20,
    })
    expect(moved(WHOLE, [50, 50], [400, 300])).toEqual(WHOLE)
  })
})

describe('a list that cases are opened from', () => {
  it('goes on to the next one', () => {
    openCasePage('b', ['a', 'b', 'c'])
    expect(view.page).toBe('b')
    expect(standingOf('b')).toEqual({ place: 2, of: 3, before: 'a', after: 'c' })
    expect(standingOf('a')).toMatchObject({ before: null, after: 'b' })
    openCasePage('c')
    expect(standingOf('c')).toMatchObject({ place: 3, after: null })
    expect(standingOf('z')).toBeNull()
    rememberList([])
    expect(standingOf('c')).toBeNull()
  })
})
