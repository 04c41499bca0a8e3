/** Days and moments as text in a time zone: they sort as they follow each other. */

const DAY_MS = 86_400_000

/** A day as YYYY-MM-DD. */
export function dayIn(timeZone: string, momentMs: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone }).format(momentMs)
}

/** A moment as `2026-03-01T08:00`. */
export function momentIn(timeZone: string, momentMs: number): string {
  const hour = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(momentMs)
  return `${dayIn(timeZone, momentMs)}T${hour}`
}

/** The day so many days after another. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/** Days from one to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS)
}
