/** Before somebody goes where there is no network: all that his pages need is on the phone. */
import { reactive } from 'vue'
import { ApiProblem } from '@/api/problem'
import type { CaseDetail, Photo } from '@/api/types'
import { recall, remember } from '../outbox'
import { recallWithTime } from '../outbox/known'
import { caseKey, LOADS, loadCase, type Mended, type MyCase } from './known'
import { takeThumbs } from './thumbs'

/** `ready`: whoever loses the network now goes on. */
export const along = reactive({ ready: false })

const FRESH_MS = 10 * 60_000
const MOST_DETAILS = 60
let ends = new AbortController()

/** Reads what is not there or no longer fresh, one after the other: a page on show goes first. */
export async function takeAlong(): Promise<void> {
  ends.abort()
  ends = new AbortController()
  const { signal } = ends
  along.ready = false
  let whole = true
  for (const [key, load] of Object.entries(LOADS)) {
    const kept = await recallWithTime(key)
    if (kept === null || Date.now() - kept.at > FRESH_MS)
      whole = (await keep(key, load, signal)) && whole
    if (signal.aborted) return
  }
  along.ready = whole
  const open = ((await recall<MyCase[]>('my-cases')) ?? []).slice(0, MOST_DETAILS)
  for (const one of open) {
    const known = await recall<CaseDetail>(caseKey(one.id))
    if (signal.aborted || !navigator.onLine) return
    if (known?.seq !== one.seq)
      await keep(caseKey(one.id), (until) => loadCase(one.id, until), signal)
  }
  const photos = await photosAlong(open)
  if (!signal.aborted) await takeThumbs(photos, signal)
}

/** Photos of what is open, the newest first, and then of what was put right. */
async function photosAlong(open: readonly MyCase[]): Promise<Photo[]> {
  const details = await Promise.all(open.map(({ id }) => recall<CaseDetail>(caseKey(id))))
  const ofOpen = details
    .flatMap((detail) => detail?.photos ?? [])
    .sort((a, b) => b.received_at.localeCompare(a.received_at))
  const mended = (await recall<Mended[]>('mended')) ?? []
  return [...ofOpen, ...mended.flatMap(({ after }) => (after === null ? [] : [after]))]
}

/** False: it could not be had now, and is asked for again when the network comes back. */
async function keep(
  key: string,
  load: (signal: AbortSignal) => Promise<unknown>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const data = await load(signal)
    if (!signal.aborted) await remember(key, data)
    return true
  } catch (error) {
    if (!(error instanceof ApiProblem) && !signal.aborted) throw error
    return false
  }
}

export function stopTaking(): void {
  ends.abort()
  along.ready = false
}
