/** How far a grid's households are off its fair target, in classes that any eye can tell apart. */

export const DEVIATIONS = ['good', 'amber', 'red'] as const
export type Deviation = (typeof DEVIATIONS)[number]

/** Amber is lighter than red and hatched one way, red crosswise: no colour is needed to tell. */
export const DEVIATION_FILLS: Record<Deviation, string> = {
  good: '#8fccc4',
  amber: '#f0b93a',
  red: '#c8442c',
}

/** Amber beyond the tolerance, red beyond twice it: ±5 and ±10 % by default. */
export function deviationOf(offPct: number | null, tolerancePct: number): Deviation {
  const off = Math.abs(offPct ?? 0)
  if (off > 2 * tolerancePct) return 'red'
  return off > tolerancePct ? 'amber' : 'good'
}

/** Households that a grid should have, got back from what the server said about it. */
export function fairTarget(
  grid: { households: number; off_pct: number | null },
  target: number,
): number {
  const { households, off_pct } = grid
  if (off_pct === null || households === 0 || off_pct <= -100) return target
  return households / (1 + off_pct / 100)
}

export function offPct(households: number, fair: number): number {
  return fair === 0 ? 0 : (100 * (households - fair)) / fair
}

/** "+12 %", "−8 %": a real minus sign, so that it is as wide as the plus. */
export function signedPct(value: number, digits = 0): string {
  const rounded = Math.abs(value).toFixed(digits)
  const sign = Number(rounded) === 0 ? '±' : value < 0 ? '−' : '+'
  return `${sign}${rounded} %`
}
