/** Limits as people say them: hours, hours of work, working days. */
import type { Limit } from '@/client'

export const CLOCKS: Limit['clock'][] = ['continuous', 'working-hours', 'working-days']
const MINUTES = 60

/** Which words tell an amount on a clock. */
export function unitOf(clock: Limit['clock']): 'hours' | 'workHours' | 'workDays' {
  if (clock === 'working-days') return 'workDays'
  return clock === 'continuous' ? 'hours' : 'workHours'
}

/** Hours or days of a limit, to two decimals. */
export function amountIn(limit: Limit): number {
  if (limit.clock === 'working-days') return limit.amount
  return Math.round((limit.amount / MINUTES) * 100) / 100
}

/** A limit of so many hours or days; part of a day counts as a whole one. */
export function limitOf(amount: number, clock: Limit['clock']): Limit {
  const size = clock === 'working-days' ? Math.ceil(amount) : Math.round(amount * MINUTES)
  return { clock, amount: Math.max(1, size) }
}
