/** Small pictures of cases, kept in the account's own database for where there is no network. */
import type { Photo } from '@/api/types'
import { forget, recall, remember } from '../outbox'

type Pictured = Pick<Photo, 'id' | 'url' | 'redactions'>

/** Some 15 kB each. */
const MOST_THUMBS = 60
const LIST = 'thumbs'
/** What was blacked out later has another key: the picture before it goes. */
const keyOf = ({ id, redactions }: Pictured) => `thumb-${id}-${redactions}`

/** Keeps the first of these pictures, and lets go of all others. */
export async function takeThumbs(photos: readonly Pictured[], signal: AbortSignal): Promise<void> {
  const wanted = photos.slice(0, MOST_THUMBS)
  const keys = new Set(wanted.map(keyOf))
  for (const key of (await recall<string[]>(LIST)) ?? []) if (!keys.has(key)) await forget(key)
  // Listed before it is kept: nothing lies here that would not be let go.
  await remember(LIST, [...keys])
  for (const photo of wanted) {
    if (signal.aborted) return
    if ((await recallThumb(photo)) !== null) continue
    const bytes = await fetchThumb(photo, signal)
    if (signal.aborted || bytes === 'no-network') return
    if (bytes !== null) await remember(keyOf(photo), bytes)
  }
}

async function fetchThumb(
  { url, redactions }: Pictured,
  signal: AbortSignal,
): Promise<ArrayBuffer | 'no-network' | null> {
  try {
    const answer = await fetch(`${url}?size=thumb&r=${redactions}`, { signal })
    return answer.ok ? await answer.arrayBuffer() : null
  } catch (error) {
    if (!(error instanceof TypeError) && !signal.aborted) throw error
    return 'no-network'
  }
}

export function recallThumb(photo: Pictured): Promise<ArrayBuffer | null> {
  return recall<ArrayBuffer>(keyOf(photo))
}

/** Whoever signs out leaves no pictures, even where unsent work stays. */
export async function dropThumbs(): Promise<void> {
  for (const key of (await recall<string[]>(LIST)) ?? []) await forget(key)
  await forget(LIST)
}
