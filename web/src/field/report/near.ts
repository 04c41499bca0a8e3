/** Open cases close to a place, of those that the phone knows. */
import type { CaseBrief } from '@/api/types'
import { metresBetween, type Spot } from '../mine/distance'

/** As districts have it unless they say otherwise. */
export const NEAR_M = 50

export interface NearCase {
  found: CaseBrief
  metres: number
}

/** Nearest first; `categoryId` null: of any kind. */
export function nearCases(
  cases: readonly CaseBrief[],
  place: Spot,
  categoryId: number | null = null,
  withinM = NEAR_M,
): NearCase[] {
  return cases
    .flatMap((found) => {
      if (found.lon === null || found.lat === null) return []
      if (categoryId !== null && found.category.id !== categoryId) return []
      const metres = metresBetween(place, { lon: found.lon, lat: found.lat })
      return metres <= withinM ? [{ found, metres }] : []
    })
    .sort((a, b) => a.metres - b.metres)
}
