/** My cases in the order in which somebody on foot wants them. */
import { metresBetween, type Spot } from './distance'
import type { MyCase } from './known'

export interface Ranked {
  found: MyCase
  /** Null: nobody knows where it is, or where I am. */
  metres: number | null
}

/** Nearest first; without a position by deadline, and what has no place last. */
export function ranked(cases: readonly MyCase[], here: Spot | null): Ranked[] {
  const due = ({ found }: Ranked) => found.deadline_at ?? '9999'
  return cases
    .map((found) => {
      const { lon, lat } = found
      const placed = here !== null && lon !== null && lat !== null
      return { found, metres: placed ? metresBetween(here, { lon, lat }) : null }
    })
    .sort((a, b) => {
      const byWay = (a.metres ?? Infinity) - (b.metres ?? Infinity)
      return Number.isNaN(byWay) || byWay === 0 ? due(a).localeCompare(due(b)) : byWay
    })
}
