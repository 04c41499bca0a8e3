/** The state of every grid, poured in from columns and kept fresh while someone is looking. */
import { reactive, shallowRef, triggerRef } from 'vue'
import { askIfChanged, ifChanged } from '@/api/ask'
import { ApiProblem } from '@/api/problem'
import type { StatusColumns } from '@/api/types'
import { readGridStatus } from '@/client'
import type { GridStatus } from '@/map/themes'

const POLL_MS = 20_000

export const statuses = shallowRef(new Map<number, GridStatus>())

export const freshness = reactive({
  /** When the server last answered, in this device's clock. */
  checkedAt: null as Date | null,
  loading: false,
  problem: null as ApiProblem | null,
  /** Grows with each change, so that other lists know when to look again. */
  version: 0,
})

let cursor: string | null = null
let etag: string | null = null
let timer: ReturnType<typeof setTimeout> | undefined
let running = false

/** Merges columns into the map: a full answer replaces it, a delta changes what it names. */
export function pour(into: Map<number, GridStatus>, columns: StatusColumns): void {
  if (columns.full) into.clear()
  columns.grid_id.forEach((gridId, i) => {
    into.set(gridId, {
      gridId,
      households: columns.households[i] ?? 0,
      open: columns.open[i] ?? 0,
      overdue: columns.overdue[i] ?? 0,
      handled: columns.handled[i] ?? 0,
      closed: columns.closed[i] ?? 0,
      patrols30d: columns.patrols_30d[i] ?? 0,
      patrolSeconds30d: columns.patrol_seconds_30d[i] ?? 0,
      patrolMetres30d: columns.patrol_metres_30d[i] ?? 0,
      lastPatrolAt: columns.last_patrol_at[i] ?? null,
    })
  })
}

export async function refreshStatus(): Promise<void> {
  if (freshness.loading) return
  freshness.loading = true
  try {
    const query = cursor === null ? {} : { since: cursor }
    const answer = await askIfChanged(readGridStatus({ query, headers: ifChanged(etag) }))
    if (answer !== null) {
      const changed = answer.data.full || answer.data.grid_id.length > 0
      pour(statuses.value, answer.data)
      // The ETag belongs to the address asked: with a new cursor it is another one.
      etag = answer.data.cursor === cursor ? answer.etag : null
      cursor = answer.data.cursor
      if (changed) {
        triggerRef(statuses)
        freshness.version += 1
      }
    }
    freshness.checkedAt = new Date()
    freshness.problem = null
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    freshness.problem = error
  } finally {
    freshness.loading = false
  }
}

async function round(): Promise<void> {
  clearTimeout(timer)
  await refreshStatus()
  if (running && !document.hidden) timer = setTimeout(() => void round(), POLL_MS)
}

function onVisibility(): void {
  if (document.hidden) clearTimeout(timer)
  else void round()
}

/** Polls until `stopStatus`; a hidden page asks nothing and catches up when it is shown again. */
export function startStatus(): void {
  if (running) return
  running = true
  document.addEventListener('visibilitychange', onVisibility)
  void round()
}

export function stopStatus(): void {
  running = false
  clearTimeout(timer)
  document.removeEventListener('visibilitychange', onVisibility)
  cursor = null
  etag = null
  statuses.value = new Map()
}
