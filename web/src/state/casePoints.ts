/** Points of all cases of the caller's area, asked for again only when something changed. */
import { askIfChanged, ifChanged } from '@/api/ask'
import { ApiProblem } from '@/api/problem'
import type { CasePoints } from '@/api/types'
import { points } from '@/client'
import { freshness } from './status'

const etags = new Map<string, string>()
let latest = ''

/** The points, or null when they are as before or could not be had. */
export async function loadCasePoints(state: 'open' | 'all'): Promise<CasePoints | null> {
  const etag = latest === state ? (etags.get(state) ?? null) : null
  try {
    const answer = await askIfChanged(points({ query: { state }, headers: ifChanged(etag) }))
    if (answer === null) return null
    if (answer.etag !== null) etags.set(state, answer.etag)
    latest = state
    return answer.data
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    freshness.problem = error
    return null
  }
}

/** After signing out nothing of the last caller's is taken as known. */
export function forgetCasePoints(): void {
  etags.clear()
  latest = ''
}
