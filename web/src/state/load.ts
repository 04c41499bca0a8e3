/** Loads something that depends on reactive state: the newest request wins, failures are kept. */
import { onScopeDispose, reactive, watch } from 'vue'
import { ApiProblem } from '@/api/problem'

export interface Loaded<T> {
  data: T | null
  loading: boolean
  problem: ApiProblem | null
  reload: () => Promise<void>
}

/** Runs `load` now and whenever `key` changes; a null key means there is nothing to load. */
export function useLoad<K, T>(
  key: () => K | null,
  load: (key: K, signal: AbortSignal) => Promise<T>,
): Loaded<T> {
  let controller = new AbortController()
  const state = reactive({
    data: null as T | null,
    loading: false,
    problem: null as ApiProblem | null,
    reload: () => run(key(), true),
  }) as Loaded<T>

  async function run(value: K | null, keep: boolean): Promise<void> {
    controller.abort()
    controller = new AbortController()
    const { signal } = controller
    if (!keep) state.data = null
    state.problem = null
    if (value === null) {
      state.data = null
      state.loading = false
      return
    }
    state.loading = true
    try {
      const data = await load(value, signal)
      if (!signal.aborted) state.data = data
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof ApiProblem)) throw error
      state.problem = error
    } finally {
      if (!signal.aborted) state.loading = false
    }
  }

  watch(key, (value) => void run(value, false), { immediate: true })
  onScopeDispose(() => controller.abort())
  return state
}
