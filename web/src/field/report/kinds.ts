/** Which kinds of hazard to offer first, and finding one by a few characters. */
import type { Category } from '@/client'

/** Something reported before: how much it says grows where and who it was, and fades with time. */
export interface Before {
  categoryId: number
  gridId: number | null
  /** Milliseconds. */
  at: number
  own: boolean
}

const HALVES_MS = 14 * 86_400_000
const OWN = 3
const SAME_GRID = 2

/** The likeliest kinds first, at most `most`; filled up with the order that they are listed in. */
export function likelyKinds(
  categories: readonly Category[],
  before: readonly Before[],
  gridId: number | null,
  most: number,
  nowMs = Date.now(),
): Category[] {
  const scores = new Map<number, number>()
  for (const one of before) {
    const near = gridId !== null && one.gridId === gridId ? SAME_GRID : 1
    const weight = near * (one.own ? OWN : 1) * 0.5 ** (Math.max(0, nowMs - one.at) / HALVES_MS)
    scores.set(one.categoryId, (scores.get(one.categoryId) ?? 0) + weight)
  }
  const offered = categories.filter(({ active }) => active)
  return [...offered]
    .map((category, order) => ({ category, order, score: scores.get(category.id) ?? 0 }))
    .sort((a, b) => b.score - a.score || a.order - b.order)
    .slice(0, most)
    .map(({ category }) => category)
}

/** Kinds whose name, English name or code holds what was typed, in their order. */
export function findKinds(categories: readonly Category[], typed: string): Category[] {
  const wanted = typed.trim().toLowerCase()
  const offered = categories.filter(({ active }) => active)
  if (wanted === '') return offered
  return offered.filter(({ name, name_en: english, code }) =>
    [name, english, code].some((words) => words.toLowerCase().includes(wanted)),
  )
}
