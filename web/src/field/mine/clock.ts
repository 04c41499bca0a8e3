/** The clock of a case in a list: so much is left, so long over, or how long ago it was done. */
import type { CaseBrief } from '@/api/types'
import { i18n } from '@/i18n'
import { ago, span } from '@/i18n/format'
import { isToBePutRight } from '@/lib/cases'

const t = i18n.global.t
const SOON_MS = 24 * 3_600_000

export interface ListClock {
  words: string
  mood: 'calm' | 'soon' | 'late'
}

type Timed = Pick<CaseBrief, 'state' | 'deadline_at' | 'received_at' | 'closed_at'>

export function listClock(found: Timed, nowMs = Date.now()): ListClock {
  const { state, deadline_at: due, closed_at: closed, received_at: received } = found
  // Once it is handled the deadline has been met or missed.
  if (!isToBePutRight(state) || due === null)
    return { words: ago(closed ?? received), mood: 'calm' }
  const leftMs = Date.parse(due) - nowMs
  if (leftMs < 0) return { words: t('case.overdueBy', { span: span(leftMs) }), mood: 'late' }
  const mood = leftMs < SOON_MS ? 'soon' : 'calm'
  return { words: t('case.timeLeft', { span: span(leftMs) }), mood }
}

/** Metres as people say them. */
export function distanceWords(metres: number): string {
  if (metres < 1_000)
    return t('fieldWork.metres', {
      n: metres < 100 ? Math.round(metres) : Math.round(metres / 10) * 10,
    })
  return t('fieldWork.kilometres', { n: (metres / 1_000).toFixed(1) })
}
