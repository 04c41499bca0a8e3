/** Choosing rows of a list: one, or all from the last one chosen to this. */

/** Chooses a row or leaves it out again; `to` stays for the next range. */
export function toggled(chosen: ReadonlySet<string>, id: string): Set<string> {
  const next = new Set(chosen)
  if (!next.delete(id)) next.add(id)
  return next
}

/** Chooses all rows between two, both included; what was chosen before stays. */
export function withRange(
  chosen: ReadonlySet<string>,
  order: readonly string[],
  from: string | null,
  to: string,
): Set<string> {
  const end = order.indexOf(to)
  const begin = from === null ? end : order.indexOf(from)
  const next = new Set(chosen)
  if (end < 0) return next
  const first = begin < 0 ? end : Math.min(begin, end)
  const last = begin < 0 ? end : Math.max(begin, end)
  for (const id of order.slice(first, last + 1)) next.add(id)
  return next
}

/** The row so many further on; the first where none was current. */
export function moved(order: readonly string[], current: string | null, by: number): string | null {
  const at = current === null ? -1 : order.indexOf(current)
  if (at < 0) return order[0] ?? null
  return order[Math.min(order.length - 1, Math.max(0, at + by))] ?? null
}
