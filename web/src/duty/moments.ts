/** Days and times as forms hold them, in the district's time zone. */
import { session } from '@/state/session'

function zone(): string {
  return session.me?.district.time_zone ?? 'Asia/Shanghai'
}

/** A moment as `datetime-local` wants it: 2026-11-22T20:00. */
export function localInput(moment: string | number): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone(),
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(new Date(moment))
  return parts.replace(' ', 'T')
}

/** The moment that a `datetime-local` means, as the API wants it. */
export function momentOf(local: string): string {
  const asUtc = new Date(`${local}:00Z`).getTime()
  // What the clock on the wall shows at that moment of UTC tells how far it is off.
  const offset = new Date(`${localInput(asUtc)}:00Z`).getTime() - asUtc
  return new Date(asUtc - offset).toISOString()
}

export function localDay(moment: number): string {
  return localInput(moment).slice(0, 10)
}

/** A day so many days later, both as 2026-11-22. */
export function dayAfter(day: string, days: number): string {
  const moment = new Date(`${day}T00:00:00Z`)
  moment.setUTCDate(moment.getUTCDate() + days)
  return moment.toISOString().slice(0, 10)
}

/** The Monday of the week that a day lies in. */
export function mondayOf(day: string): string {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  return dayAfter(day, -((weekday + 6) % 7))
}
