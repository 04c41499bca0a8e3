/** What the phone knows for a duty: my duties of late. */
import { ask } from '@/api/ask'
import type { Shift } from '@/api/types'
import { shifts as listShifts } from '@/client'
import { session } from '@/state/session'
import { type Known, useKnown } from '../outbox'

const MOST_PAST = 10

/** Duties of mine that the server knows, newest first. */
export function usePastDuties(): Known<Shift[]> {
  return useKnown('past-duties', async (signal) => {
    const query = { limit: MOST_PAST, account_id: session.me?.account.id ?? null }
    return (await ask(listShifts({ query, signal }))).items
  })
}
