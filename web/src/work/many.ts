/** One step with several cases: how to say it, and how a dispatch is taken back. */
import type { CaseBrief, ManySteps, StepDone } from '@/client'

export type ManyAction = ManySteps['action']

/** Steps that are taken with many, and the right that each needs somewhere. */
export const MANY_ACTIONS: readonly ManyAction[] = [
  'dispatch',
  'accept',
  'verify',
  'close',
  'confirm',
  'grant-extension',
  'supervise',
  'return',
  'rework',
]
export const TEXT_NEEDED: readonly ManyAction[] = ['return', 'rework', 'supervise']
/** As many as one command takes. */
export const MOST_AT_ONCE = 200

/** Where a case went, for a step that is taken back. */
export interface Before {
  id: string
  unitId: number | null
}

/** What takes a dispatch back: to the unit it was with, or, where there was none, to be dispatched. */
export function takeBack(
  done: readonly StepDone[],
  before: readonly Before[],
  reason: string,
): ManySteps[] {
  const units = new Map(before.map(({ id, unitId }) => [id, unitId]))
  const applied = done.filter(({ outcome, seq }) => outcome === 'applied' && seq !== null)
  const named = applied.map(({ id, seq }) => ({
    id,
    seq: seq ?? 1,
    unit_id: units.get(id) ?? null,
  }))
  const steps: ManySteps[] = []
  const without = named.filter(({ unit_id }) => unit_id === null)
  const withUnit = named.filter(({ unit_id }) => unit_id !== null)
  if (without.length > 0) steps.push({ action: 'return', cases: without, text: reason })
  if (withUnit.length > 0) steps.push({ action: 'dispatch', cases: withUnit, text: reason })
  return steps
}

/** How many came to what. */
export function tally(done: readonly StepDone[]): Record<StepDone['outcome'], number> {
  const counts = { applied: 0, already: 0, refused: 0 }
  for (const { outcome } of done) counts[outcome] += 1
  return counts
}

/** What a command names of cases, with the unit that each goes to. */
export function named(
  items: readonly { case: Pick<CaseBrief, 'id' | 'seq'>; unit: { id: number } | null }[],
): ManySteps['cases'] {
  return items.map((one) => ({ id: one.case.id, seq: one.case.seq, unit_id: one.unit?.id ?? null }))
}
