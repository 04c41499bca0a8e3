/** The map taken along: fetched with progress, kept in the account's own database. */
import { ask, askIfChanged, ifChanged } from '@/api/ask'
import { offline, problemOf } from '@/api/problem'
import { offlineMap } from '@/client'
import { forget, recall, remember } from '../outbox/known'

const KEY = 'offline-map'
const ADDRESS = '/api/v1/offline-map.pmtiles'

export interface SavedMap {
  version: string
  /** When it was fetched, in milliseconds. */
  at: number
  /** Never a Blob: Safari loses those that lie in a database. */
  bytes: ArrayBuffer
}

export function savedMap(): Promise<SavedMap | null> {
  return recall<SavedMap>(KEY)
}

export function dropMap(): Promise<void> {
  return forget(KEY)
}

/** What there is to fetch, with its size; null: what is here already is the latest. */
export async function newerMap(version: string | null) {
  if (version === null) return ask(offlineMap())
  const etag = `"${version}"`
  return (await askIfChanged(offlineMap({ headers: ifChanged(etag) })))?.data ?? null
}

/**
 * Fetches the map and keeps it in place of the one before.
 *
 * `told` hears how many bytes have come, of how many. Throws an `ApiProblem`.
 */
export async function fetchMap(
  told: (bytes: number, of: number) => void,
  signal: AbortSignal,
): Promise<SavedMap> {
  const response = await fetch(ADDRESS, { credentials: 'same-origin', signal }).catch(broken)
  if (!response.ok) {
    throw problemOf(response.status, await response.json().catch(() => undefined))
  }
  const sizeBytes = Number(response.headers.get('Content-Length'))
  const bytes = await received(response, (came) => told(came, sizeBytes)).catch(broken)
  if (bytes.byteLength !== sizeBytes) throw offline()
  const version = (response.headers.get('ETag') ?? '').replaceAll('"', '')
  const saved = { version, at: Date.now(), bytes }
  await remember(KEY, saved)
  return saved
}

/** The network went; what was called off stays an abort. */
function broken(error: unknown): never {
  if (error instanceof TypeError) throw offline()
  throw error
}

async function received(response: Response, told: (came: number) => void): Promise<ArrayBuffer> {
  const reader = response.body?.getReader()
  const parts: Uint8Array[] = []
  let came = 0
  for (let next = await reader?.read(); next?.value; next = await reader?.read()) {
    parts.push(next.value)
    came += next.value.byteLength
    told(came)
  }
  const whole = new Uint8Array(came)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole.buffer
}
