/** The rows of a list: page after page, read anew while somebody works in it without moving them. */
import { computed, onScopeDispose, reactive, watch } from 'vue'
import { ask } from '@/api/ask'
import { ApiProblem } from '@/api/problem'
import { type CaseBrief, cases } from '@/client'
import { freshness } from '@/state/status'
import type { Asked } from './asked'
import { isSame, merge, type Row, rowsOf } from './merged'

const PAGE = 50
/** As many as one question gives: who has paged further is shown them page by page again. */
const MOST_AT_ONCE = 200

export function useRows(asked: () => Asked, resting: () => boolean) {
  const state = reactive({
    rows: [] as Row[],
    next: null as string | null,
    loading: true,
    loadingMore: false,
    problem: null as ApiProblem | null,
    /** How many there are now that are not shown. */
    unseen: 0,
  })
  const key = computed(() => JSON.stringify(asked()))
  let controller = new AbortController()
  let turn = 0

  async function read(
    limit: number,
    cursor?: string | null,
  ): Promise<[CaseBrief[], string | null]> {
    const { signal } = controller
    const query = { ...asked(), limit, ...(cursor ? { cursor } : {}) }
    const page = await ask(cases({ query, signal }))
    return [page.items, page.next ?? null]
  }

  /** As many rows as are shown, or the first page. */
  async function readShown(): Promise<[CaseBrief[], string | null]> {
    const wanted = Math.max(PAGE, state.rows.length)
    let [items, next] = await read(Math.min(MOST_AT_ONCE, wanted))
    while (next !== null && items.length < wanted) {
      const [more, after] = await read(Math.min(MOST_AT_ONCE, wanted - items.length), next)
      items = [...items, ...more]
      next = after
    }
    return [items, next]
  }

  /** Runs one question; what was asked meanwhile makes its answer void. */
  async function guarded(work: (current: () => boolean) => Promise<void>): Promise<void> {
    turn += 1
    const mine = turn
    controller.abort()
    controller = new AbortController()
    state.problem = null
    try {
      await work(() => mine === turn)
    } catch (error) {
      if (mine !== turn) return
      if (!(error instanceof ApiProblem)) throw error
      state.problem = error
    } finally {
      if (mine === turn) {
        state.loading = false
        state.loadingMore = false
      }
    }
  }

  async function load(): Promise<void> {
    state.loading = true
    state.rows = []
    state.unseen = 0
    await guarded(async (current) => {
      const [items, next] = await read(PAGE)
      if (!current()) return
      state.rows = rowsOf(items)
      state.next = next
    })
  }

  async function more(): Promise<void> {
    if (state.next === null || state.loadingMore) return
    state.loadingMore = true
    await guarded(async (current) => {
      const [items, next] = await read(PAGE, state.next)
      if (!current()) return
      const known = new Set(state.rows.map(({ item }) => item.id))
      state.rows.push(...rowsOf(items.filter(({ id }) => !known.has(id))))
      state.next = next
    })
  }

  /** Reads what is shown anew; whoever is at work in it keeps his place. */
  async function refresh(): Promise<void> {
    if (state.loading || state.loadingMore) return
    await guarded(async (current) => {
      const [items, next] = await readShown()
      if (!current()) return
      if (resting() || isSame(state.rows, items)) {
        state.rows = rowsOf(items)
        state.next = next
        state.unseen = 0
      } else {
        const merged = merge(state.rows, items)
        state.rows = merged.rows
        state.unseen = merged.unseen
      }
    })
  }

  /** Takes the newest order: what is gone goes, what is new comes. */
  async function settle(): Promise<void> {
    await guarded(async (current) => {
      const [items, next] = await readShown()
      if (!current()) return
      state.rows = rowsOf(items)
      state.next = next
      state.unseen = 0
    })
  }

  watch(key, () => void load(), { immediate: true })
  watch(
    () => freshness.version,
    () => void refresh(),
  )
  onScopeDispose(() => {
    turn += 1
    controller.abort()
  })
  return { state, load, more, refresh, settle }
}
