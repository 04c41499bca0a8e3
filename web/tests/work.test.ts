import { describe, expect, it } from 'vitest'
import type { BoardCase, CaseBrief } from '@/client'
import { isNight, speaksUp } from '@/notices/quietHours'
import { defaultView, formatHash, parseHash } from '@/state/url'
import {
  conditions,
  fromKept,
  keptAsked,
  openUnlessAsked,
  readAsked,
  sameAsked,
  writeAsked,
} from '@/work/asked'
import { moved, toggled, withRange } from '@/work/chosen'
import { readColumns, USUAL, writeColumns } from '@/work/columns'
import { isSame, merge, rowsOf } from '@/work/merged'
import { furtherSteps, nextStep, stepTo } from '@/work/moves'

const brief = (id: string, seq = 1) => ({ id, seq }) as CaseBrief
const card = (state: string, actions: string[], unit: object | null = null) =>
  ({ state, actions, unit }) as unknown as BoardCase

describe('a filter in the address', () => {
  const everything = {
    state: 'charged',
    severity: 'red',
    source: 'phone',
    overdue: true,
    mine: true,
    category_id: 7,
    unit_id: 3,
    from: '2026-11-01',
    days: 7,
    due_days: 0,
    q: '幸福路 2号',
    sort: '-received',
  } as const

  it('reads back what was written', () => {
    expect(readAsked(writeAsked(everything))).toEqual(everything)
    expect(readAsked(writeAsked({}))).toEqual({})
  })

  it('means what is still to be done where it says nothing', () => {
    expect(openUnlessAsked({ sort: 'received' })).toEqual({ sort: 'received', state: 'open' })
    expect(openUnlessAsked({ q: '12' })).toEqual({ q: '12' })
    expect(openUnlessAsked({ state: 'all' })).toEqual({ state: 'all' })
  })

  it('leaves out what makes no sense', () => {
    const nonsense = { state: 'gone', days: '0', due_days: '99', unit_id: '-1', from: 'x', q: ' ' }
    expect(readAsked(nonsense)).toEqual({})
    expect(readAsked({ overdue: 'yes', sort: 'name', category_id: '1;2' })).toEqual({})
  })

  it('survives the address bar with words of any kind', () => {
    const view = { ...defaultView(), panel: 'cases' as const, work: writeAsked(everything) }
    const hash = formatHash(view)
    expect(hash.startsWith('#/cases?')).toBe(true)
    expect(parseHash(hash)).toEqual(view)
    expect(parseHash('#/board')).toMatchObject({ panel: 'board', work: {} })
    expect(formatHash({ ...defaultView(), panel: 'desk' })).toBe('#/desk')
  })

  it('stays under the page of a case', () => {
    const view = { ...defaultView(), panel: 'cases' as const, work: { overdue: '1' }, page: '2026' }
    expect(parseHash(formatHash(view))).toEqual(view)
  })

  it('is the same whatever leaves it open, and counts its conditions', () => {
    expect(sameAsked({ state: 'open' }, { state: 'open', overdue: false, q: '' })).toBe(true)
    expect(sameAsked({}, { sort: 'deadline' })).toBe(true)
    expect(sameAsked({}, { sort: '-received' })).toBe(false)
    expect(conditions(everything)).toBe(11)
  })

  it('is kept without its order', () => {
    expect(keptAsked({ ...everything, cursor: 'x' } as never)).not.toHaveProperty('sort')
    expect(fromKept({ overdue: true, state: null }, 'received')).toEqual({
      overdue: true,
      sort: 'received',
    })
  })
})

describe('choosing rows', () => {
  const order = ['a', 'b', 'c', 'd']

  it('takes one, and leaves it out again', () => {
    const one = toggled(new Set(), 'b')
    expect([...one]).toEqual(['b'])
    expect([...toggled(one, 'b')]).toEqual([])
  })

  it('takes all between two, either way round', () => {
    expect([...withRange(new Set(['a']), order, 'd', 'b')].sort()).toEqual(['a', 'b', 'c', 'd'])
    expect([...withRange(new Set(), order, 'gone', 'c')]).toEqual(['c'])
    expect([...withRange(new Set(), order, 'a', 'gone')]).toEqual([])
  })

  it('goes on and stops at the ends', () => {
    expect(moved(order, null, 1)).toBe('a')
    expect(moved(order, 'a', 1)).toBe('b')
    expect(moved(order, 'd', 1)).toBe('d')
    expect(moved(order, 'a', -1)).toBe('a')
    expect(moved([], null, 1)).toBeNull()
  })
})

describe('a list read anew', () => {
  it('keeps rows in their place, marks what is gone and counts what is new', () => {
    const shown = rowsOf([brief('a'), brief('b'), brief('c')])
    const fresh = [brief('x'), brief('c', 2), brief('a')]
    const { rows, unseen } = merge(shown, fresh)
    expect(rows.map(({ item, gone }) => [item.id, item.seq, gone])).toEqual([
      ['a', 1, false],
      ['b', 1, true],
      ['c', 2, false],
    ])
    expect(unseen).toBe(1)
    expect(isSame(rows, fresh)).toBe(false)
    expect(isSame(rowsOf(fresh), fresh)).toBe(true)
  })
})

describe('columns', () => {
  it('are the usual ones unless others are named', () => {
    expect(readColumns(undefined)).toEqual(USUAL)
    expect(readColumns('grid,number,what')).toEqual(['number', 'grid'])
    expect(writeColumns(USUAL)).toBe('')
    expect(readColumns(writeColumns(['photos', 'number']))).toEqual(['number', 'photos'])
  })
})

describe('moving a card', () => {
  it('offers the step that is mostly next, of those that one may take', () => {
    expect(nextStep(card('dispatched', ['dispatch', 'accept', 'handle']))).toBe('accept')
    expect(nextStep(card('dispatched', ['dispatch']))).toBe('dispatch')
    expect(nextStep(card('handled', ['escalate']))).toBeNull()
    expect(furtherSteps(card('verified', ['close', 'rework']))).toEqual(['rework'])
  })

  it('finds the step that leads to another column', () => {
    const accepted = card('accepted', ['handle', 'return', 'suspend'], { id: 1 })
    expect(stepTo(accepted, 'handled')).toBe('handle')
    expect(stepTo(accepted, 'filed')).toBe('return')
    expect(stepTo(accepted, 'suspended')).toBe('suspend')
    expect(stepTo(accepted, 'verified')).toBeNull()
    expect(stepTo(accepted, 'accepted')).toBeNull()
  })

  it('sends back to the unit that was charged, or to be dispatched', () => {
    expect(stepTo(card('handled', ['rework'], { id: 1 }), 'dispatched')).toBe('rework')
    expect(stepTo(card('handled', ['rework']), 'dispatched')).toBeNull()
    expect(stepTo(card('handled', ['rework']), 'filed')).toBe('rework')
  })
})

describe('notices by night', () => {
  it('wait in the list unless they are red', () => {
    expect([21, 22, 3, 7].map(isNight)).toEqual([false, true, true, false])
    expect(speaksUp('yellow', 2, 'usual')).toBe(false)
    expect(speaksUp('red', 2, 'usual')).toBe(true)
    expect(speaksUp('yellow', 12, 'usual')).toBe(true)
    expect(speaksUp('yellow', 2, 'always')).toBe(true)
    expect(speaksUp('red', 12, 'never')).toBe(false)
  })
})
