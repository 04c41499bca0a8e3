/** What the phone knows for a duty: the streets of my grids, and my duties of late. */
import { ask } from '@/api/ask'
import type { Shift } from '@/api/types'
import { dutyStreets, shifts as listShifts, type Street } from '@/client'
import { session } from '@/state/session'
import { type Known, useKnown } from '../outbox'

const MOST_PAST = 10

export function useMyStreets(): Known<Street[]> {
  return useKnown('my-streets', async (signal) => {
    return (await ask(dutyStreets({ query: { limit: 1000 }, signal }))).items
  })
}

/** Duties of mine that the server knows, newest first. */
export function usePastDuties(): Known<Shift[]> {
  return useKnown('past-duties', async (signal) => {
    const query = { limit: MOST_PAST, account_id: session.me?.account.id ?? null }
    return (await ask(listShifts({ query, signal }))).items
  })
}
