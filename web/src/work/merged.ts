/** A list that is read anew while somebody works in it: rows stay where they are. */
import type { CaseBrief } from '@/client'

export interface Row {
  item: CaseBrief
  /** It no longer is what was asked for. */
  gone: boolean
}

export interface Merged {
  rows: Row[]
  /** How many there are now that are not shown. */
  unseen: number
}

export function rowsOf(items: readonly CaseBrief[]): Row[] {
  return items.map((item) => ({ item, gone: false }))
}

/**
 * Takes what was read anew into the rows as they stand: each in its place with its newest values,
 * what fits no longer marked, what is new only counted.
 */
export function merge(shown: readonly Row[], fresh: readonly CaseBrief[]): Merged {
  const news = new Map(fresh.map((item) => [item.id, item]))
  const known = new Set(shown.map(({ item }) => item.id))
  return {
    rows: shown.map(({ item }) => {
      const now = news.get(item.id)
      return now === undefined ? { item, gone: true } : { item: now, gone: false }
    }),
    unseen: fresh.filter(({ id }) => !known.has(id)).length,
  }
}

/** Whether what was read anew is what is shown, in the same order. */
export function isSame(shown: readonly Row[], fresh: readonly CaseBrief[]): boolean {
  return (
    shown.length === fresh.length &&
    shown.every(({ item, gone }, at) => !gone && item.id === fresh[at]?.id)
  )
}
