/** Days of posts: what holds today, and what is past or still to come. */
import { dayIn } from '@/lib/days'
import { session } from '@/state/session'

export type When = 'past' | 'now' | 'coming'

export function today(): string {
  return dayIn(session.me?.district.time_zone ?? 'Asia/Shanghai', Date.now())
}

export function whenIs(post: { since: string; last_day: string | null }, day: string): When {
  if (post.since > day) return 'coming'
  return post.last_day !== null && post.last_day < day ? 'past' : 'now'
}
