import { describe, expect, it } from 'vitest'
import type { OfficerLoad, PlanPreview } from '@/client'
import {
  chargeRows,
  chargesToSend,
  choose,
  leftToNobody,
  staffLoads,
  staffOf,
} from '@/planner/charges'

const load = (households: number) => ({ households, buildings: 0, open_cases: 0 })
const ref = (id: number) => ({ id, code: `c${id}`, name: `第${id}网格` })
const side = (id: number, households: number) => ({
  ...ref(id),
  area_m2: 1,
  load: load(households),
})
const ann = { id: 'ann', display_name: 'Ann' }
const bob = { id: 'bob', display_name: 'Bob' }

/** Ann has grid 1, which ends, and 9 elsewhere; 11 takes most of it, 12 is nobody's. */
const preview = {
  grids: [
    { id: 1, change: 'ended', before: side(1, 300), after: null, successor: ref(11) },
    { id: 11, change: 'begun', before: null, after: side(11, 200), successor: null },
    { id: 12, change: 'begun', before: null, after: side(12, 100), successor: null },
  ],
  officers: [
    {
      officer: ann,
      grids_before: [ref(1), ref(9)],
      grids_after: [ref(11), ref(9)],
      before: load(700),
      after: load(600),
    },
  ],
} as unknown as PlanPreview
const listed: OfficerLoad[] = [
  { officer: ann, grids: 2, load: load(700) },
  { officer: bob, grids: 1, load: load(280) },
]
const rows = chargeRows(preview)
const staff = staffOf(preview, rows, listed)

function loadsBy(chosen: Parameters<typeof staffLoads>[2]) {
  const loads = staffLoads(staff, rows, chosen)
  return loads.map(({ id, grids, after }) => [id, grids, after.households])
}

describe('charges', () => {
  it('propose who goes on with a grid, and leave out grids that end', () => {
    expect(rows.map(({ grid, proposed }) => [grid.id, proposed])).toEqual([
      [12, []],
      [11, ['ann']],
    ])
    expect(loadsBy(new Map())).toEqual([
      ['ann', 2, 600],
      ['bob', 1, 280],
    ])
    expect(chargesToSend(rows, new Map())).toEqual([])
  })

  it('tell which grids nobody looks after by what is chosen now', () => {
    const nobodys = (chosen: Parameters<typeof chargesToSend>[1]) =>
      leftToNobody({ ...preview, without_officer: [ref(12)] }, chargesToSend(rows, chosen)).map(
        ({ id }) => id,
      )
    expect(nobodys(new Map())).toEqual([12])
    expect(nobodys(new Map([[12, ['bob']]]))).toEqual([])
    expect(nobodys(new Map([[11, []]]))).toEqual([11, 12])
    const handed = new Map([
      [11, []],
      [12, ['ann']],
    ])
    expect(nobodys(handed)).toEqual([11])
  })

  it('move the load with what is chosen, and send only that', () => {
    const [second, first] = rows
    if (first === undefined || second === undefined) throw new Error('no rows')
    let chosen = choose(new Map(), second, 'bob', true)
    chosen = choose(chosen, first, 'bob', true)
    chosen = choose(chosen, first, 'ann', false)
    expect(loadsBy(chosen)).toEqual([
      ['ann', 1, 400],
      ['bob', 3, 580],
    ])
    expect(chargesToSend(rows, chosen)).toEqual([
      { grid_id: 12, officer_ids: ['bob'] },
      { grid_id: 11, officer_ids: ['bob'] },
    ])
    const back = choose(choose(chosen, first, 'ann', true), first, 'bob', false)
    expect(chargesToSend(rows, back)).toEqual([{ grid_id: 12, officer_ids: ['bob'] }])
  })
})
