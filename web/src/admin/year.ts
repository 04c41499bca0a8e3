/** The days of a year as a table of months, with what makes them worked or free. */
import type { SpecialDay } from '@/client'

export interface DayCell {
  day: string
  number: number
  worked: boolean
  /** It is not what its weekday says. */
  special: boolean
  name: string
}

const pad = (n: number): string => String(n).padStart(2, '0')

/** Monday is 0. */
export function weekdayOf(day: string): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7
}

export function isWeekend(day: string): boolean {
  return weekdayOf(day) >= 5
}

/** The weeks of a month from Monday on; null where a week reaches into another month. */
export function weeksOf(year: number, month: number, special: SpecialDay[]): (DayCell | null)[][] {
  const known = new Map(special.map((one) => [one.day, one]))
  const count = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const cells: (DayCell | null)[] = []
  for (let number = 1; number <= count; number += 1) {
    const day = `${year}-${pad(month)}-${pad(number)}`
    if (number === 1) cells.push(...Array<null>(weekdayOf(day)).fill(null))
    const one = known.get(day)
    const worked = one?.worked ?? !isWeekend(day)
    cells.push({ day, number, worked, special: worked === isWeekend(day), name: one?.name ?? '' })
  }
  while (cells.length % 7 > 0) cells.push(null)
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7))
}

/** The special days after one was turned over: worked to free, or free to worked. */
export function turned(special: SpecialDay[], day: string, name: string | null): SpecialDay[] {
  const others = special.filter((one) => one.day !== day)
  const one = special.find((known) => known.day === day)
  const worked = !(one?.worked ?? !isWeekend(day))
  if (worked === !isWeekend(day)) return others
  return [...others, { day, worked, name }].sort((a, b) => (a.day < b.day ? -1 : 1))
}
