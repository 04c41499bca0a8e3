/** What the phone knows of the server's answers, kept for each account apart. */
import { onScopeDispose, reactive } from 'vue'
import { ApiProblem } from '@/api/problem'
import { current } from './current'
import { plain, type Remembered, told } from './store'

/** Keeps something for when there is no network, or for when the page is killed. */
export async function remember(key: string, value: unknown): Promise<void> {
  const kept: Remembered = { value: plain(value), at: Date.now() }
  await told(current().put('known', kept, key))
}

export async function forget(key: string): Promise<void> {
  await told(current().delete('known', key))
}

/** What was remembered under a name, or null. */
export async function recall<T>(key: string): Promise<T | null> {
  return (await recallWithTime<T>(key))?.value ?? null
}

export async function recallWithTime<T>(key: string): Promise<{ value: T; at: number } | null> {
  const kept = await told(current().get('known', key))
  return kept === undefined ? null : { value: kept.value as T, at: kept.at }
}

export interface Known<T> {
  data: T | null
  /** When the data was read from the server, in milliseconds. */
  at: number | null
  loading: boolean
  /** Why it could not be read anew; what is remembered is shown all the same. */
  problem: ApiProblem | null
  reload: () => Promise<void>
}

/**
 * Shows at once what is remembered under `key`, and what the server answers when it does.
 * Read again when the network comes back. Called in a component's setup.
 */
export function useKnown<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Known<T> {
  const ends = new AbortController()
  const known = reactive({
    data: null as T | null,
    at: null as number | null,
    loading: false,
    problem: null as ApiProblem | null,
    reload,
  }) as Known<T>

  async function reload(): Promise<void> {
    if (known.loading) return
    known.loading = true
    known.problem = null
    try {
      const data = await load(ends.signal)
      if (ends.signal.aborted) return
      known.data = data
      known.at = Date.now()
      await remember(key, data)
    } catch (error) {
      if (ends.signal.aborted) return
      if (!(error instanceof ApiProblem)) throw error
      known.problem = error
    } finally {
      known.loading = false
    }
  }

  async function begin(): Promise<void> {
    const kept = await recallWithTime<T>(key)
    if (ends.signal.aborted) return
    if (kept !== null && known.data === null) {
      known.data = kept.value
      known.at = kept.at
    }
    await reload()
  }

  const online = () => void reload()
  window.addEventListener('online', online)
  onScopeDispose(() => {
    ends.abort()
    window.removeEventListener('online', online)
  })
  void begin()
  return known
}
