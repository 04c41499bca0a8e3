/** Who looks after which grid from a plan's first day: what is proposed, and what is chosen. */
import type { GridCharge, Load, OfficerLoad, PlanPreview, Ref } from '@/client'

export interface ChargeRow {
  grid: Ref
  change: 'begun' | 'changed'
  load: Load
  /** Accounts that the rule would charge with it. */
  proposed: string[]
}

/** What an officer has, apart from the grids whose officers are chosen. */
export interface Staff {
  id: string
  name: string
  gridsBefore: number
  before: Load
  gridsElsewhere: number
  elsewhere: Load
}

export interface StaffLoad extends Staff {
  grids: number
  after: Load
}

export type Chosen = ReadonlyMap<number, readonly string[]>

const MEASURES = ['households', 'buildings', 'open_cases'] as const

function plus(one: Load, other: Load, times = 1): Load {
  const sum = { ...one }
  for (const name of MEASURES) sum[name] += times * other[name]
  return sum
}

/** Grids that begin or change, each with whom the rule proposes; those left to nobody first. */
export function chargeRows(preview: PlanPreview): ChargeRow[] {
  const proposed = new Map<number, string[]>()
  for (const { officer, grids_after: grids } of preview.officers) {
    for (const { id } of grids) proposed.set(id, [...(proposed.get(id) ?? []), officer.id])
  }
  const rows = preview.grids.flatMap(({ id, change, after }): ChargeRow[] => {
    if (after === null || change === 'ended') return []
    const grid = { id, code: after.code, name: after.name }
    return [{ grid, change, load: after.load, proposed: proposed.get(id) ?? [] }]
  })
  const nobodys = (row: ChargeRow) => Number(row.proposed.length > 0)
  return rows.sort((a, b) => nobodys(a) - nobodys(b))
}

/** Everybody who may be charged: those the plan concerns, and their colleagues. */
export function staffOf(
  preview: PlanPreview,
  rows: readonly ChargeRow[],
  listed: readonly OfficerLoad[],
): Map<string, Staff> {
  const staff = new Map<string, Staff>()
  for (const { officer, grids, load } of listed) {
    staff.set(officer.id, {
      id: officer.id,
      name: officer.display_name,
      gridsBefore: grids,
      before: load,
      gridsElsewhere: grids,
      elsewhere: load,
    })
  }
  for (const change of preview.officers) {
    const { officer } = change
    const own = rows.filter(({ proposed }) => proposed.includes(officer.id))
    staff.set(officer.id, {
      id: officer.id,
      name: officer.display_name,
      gridsBefore: change.grids_before.length,
      before: change.before,
      gridsElsewhere: change.grids_after.length - own.length,
      elsewhere: own.reduce((rest, { load }) => plus(rest, load, -1), change.after),
    })
  }
  return staff
}

export function chosenFor(row: ChargeRow, chosen: Chosen): readonly string[] {
  return chosen.get(row.grid.id) ?? row.proposed
}

/** What each officer would have by what is chosen now. */
export function staffLoads(
  staff: ReadonlyMap<string, Staff>,
  rows: readonly ChargeRow[],
  chosen: Chosen,
): StaffLoad[] {
  const loads = new Map<string, StaffLoad>()
  for (const one of staff.values()) {
    loads.set(one.id, { ...one, grids: one.gridsElsewhere, after: one.elsewhere })
  }
  for (const row of rows) {
    for (const id of chosenFor(row, chosen)) {
      const one = loads.get(id)
      if (one === undefined) continue
      one.grids += 1
      one.after = plus(one.after, row.load)
    }
  }
  return [...loads.values()]
}

/** Only what differs from the proposal is sent: the rest follows by the server's rule. */
export function chargesToSend(rows: readonly ChargeRow[], chosen: Chosen): GridCharge[] {
  return rows.flatMap((row) => {
    const ids = chosenFor(row, chosen)
    const same = ids.length === row.proposed.length && ids.every((id) => row.proposed.includes(id))
    return same ? [] : [{ grid_id: row.grid.id, officer_ids: [...ids] }]
  })
}

/** Grids that nobody would look after by what is chosen: `charges` as `chargesToSend` gives them. */
export function leftToNobody(preview: PlanPreview, charges: readonly GridCharge[]): Ref[] {
  const chosen = new Map(charges.map(({ grid_id: id, officer_ids: ids }) => [id, ids.length]))
  const drawn = new Map<number, Ref>()
  for (const { id, change, after } of preview.grids) {
    if (after !== null && change !== 'ended') {
      drawn.set(id, { id, code: after.code, name: after.name })
    }
  }
  const left = preview.without_officer.filter(({ id }) => (chosen.get(id) ?? 0) === 0)
  const told = new Set(left.map(({ id }) => id))
  const emptied = [...drawn.values()].filter(({ id }) => chosen.get(id) === 0 && !told.has(id))
  return [...left, ...emptied].sort((a, b) => (a.code < b.code ? -1 : 1))
}

/** The chosen one for a grid after somebody was put in or taken out. */
export function choose(chosen: Chosen, row: ChargeRow, id: string, on: boolean): Chosen {
  const others = chosenFor(row, chosen).filter((each) => each !== id)
  return new Map(chosen).set(row.grid.id, on ? [...others, id] : others)
}
