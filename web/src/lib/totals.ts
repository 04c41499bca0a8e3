/** Sums over all grids in view of the caller. */
import type { GridStatus } from '@/map/themes'

export interface Totals {
  grids: number
  households: number
  open: number
  overdue: number
  handled: number
  closed: number
  /** closed ÷ (closed + overdue), or null when nothing was due. */
  rate: number | null
  /** Share of grids patrolled within seven days. */
  patrolled: number
}

const WEEK_S = 7 * 86_400

export function totalsOf(statuses: Iterable<GridStatus>, nowS: number): Totals {
  const sum = { grids: 0, households: 0, open: 0, overdue: 0, handled: 0, closed: 0, recent: 0 }
  for (const status of statuses) {
    sum.grids += 1
    sum.households += status.households
    sum.open += status.open
    sum.overdue += status.overdue
    sum.handled += status.handled
    sum.closed += status.closed
    if (status.lastPatrolAt !== null && nowS - status.lastPatrolAt < WEEK_S) sum.recent += 1
  }
  const due = sum.closed + sum.overdue
  return {
    ...sum,
    rate: due === 0 ? null : sum.closed / due,
    patrolled: sum.grids === 0 ? 0 : sum.recent / sum.grids,
  }
}
