/** The state of every grid, poured in from columns and kept fresh while someone is looking. */
import { reactive, shallowRef, triggerRef } from 'vue'
import { askIfChanged, ifChanged } from '@/api/ask'
import { ApiProblem } from '@/api/problem'
import type { StatusColumns } from '@/api/types'
import { readGridStatus } from '@/client'
import type { GridStatus } from '@/map/themes'
import {
  type Again,
  type CaseNews,
  type Layers,
  LiveStream,
  type StatusDelta,
  waitMs,
} from './live'
import { resume } from './session'

/** Sums over all grids follow within this time, lists within the longer one. */
const SUMS_MS = 1_000
const LISTS_MS = 8_000
/** Many are told at once to load anew: they do so one after the other. */
const SPREAD_MS = 2_000

export const statuses = shallowRef(new Map<number, GridStatus>())
/** The grids that the last news named: only these are coloured anew. */
export const renewed = shallowRef<readonly number[]>([])

export const freshness = reactive({
  /** When the server was last heard, in this device's clock. */
  checkedAt: null as Date | null,
  /** `live`: told as it happens; `polling`: asked now and then; `offline`: nobody answers. */
  mode: 'waiting' as 'waiting' | 'live' | 'polling' | 'offline',
  loading: false,
  problem: null as ApiProblem | null,
  /** Grows after changes, so that other lists know when to look again. */
  version: 0,
  /** Grows when all grids were loaded anew. */
  loaded: 0,
  /** Grows when map layers have changed: a plan was published, roads imported, a day began. */
  layers: 0,
})

/** Up to where the status is known, and up to where the stream has told everything. */
let cursor: string | null = null
let told: string | null = null
let etag: string | null = null
let known: Layers | null = null
let running = false
let attempts = 0
let again: ReturnType<typeof setTimeout> | undefined
let sums: ReturnType<typeof setTimeout> | undefined
let lists: ReturnType<typeof setTimeout> | undefined
let listedAt = 0
let toldCases: (news: CaseNews | 'reload') => void = () => undefined

/** Lets the points of cases know what the stream tells of them. */
export function onCaseNews(listener: (news: CaseNews | 'reload') => void): void {
  toldCases = listener
}

/** Merges columns into the map: a full answer replaces it, a delta changes what it names. */
export function pour(into: Map<number, GridStatus>, columns: StatusDelta, full: boolean): void {
  if (full) into.clear()
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

/** Asks for what changed, or for everything when nothing is known yet; lists look again at once. */
export async function refreshStatus(): Promise<void> {
  if (freshness.loading) return
  freshness.loading = true
  try {
    const query = cursor === null ? {} : { since: cursor }
    const answer = await askIfChanged(readGridStatus({ query, headers: ifChanged(etag) }))
    if (answer !== null) take(answer.data, answer.etag)
    freshness.checkedAt = new Date()
    freshness.problem = null
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    freshness.problem = error
  } finally {
    freshness.loading = false
  }
}

function take(columns: StatusColumns, newEtag: string | null): void {
  pour(statuses.value, columns, columns.full)
  // The ETag belongs to the address asked: with a new cursor it is another one.
  etag = columns.cursor === cursor ? newEtag : null
  cursor = columns.cursor
  if (!columns.full && columns.grid_id.length === 0) return
  if (columns.full) freshness.loaded += 1
  else renewed.value = columns.grid_id
  triggerRef(statuses)
  listedAt = Date.now()
  freshness.version += 1
}

const stream = new LiveStream({
  status: (columns) => {
    pour(statuses.value, columns, false)
    renewed.value = columns.grid_id
    sums ??= setTimeout(sumUp, SUMS_MS)
    listSoon()
  },
  cases: (news) => {
    toldCases(news)
    listSoon()
  },
  layers: (layers) => {
    if (known !== null && JSON.stringify(layers) !== JSON.stringify(known)) freshness.layers += 1
    known = layers
  },
  reload: (what) => setTimeout(() => void loadAnew(what), Math.random() * SPREAD_MS),
  told: (at) => {
    told = at
    attempts = 0
    freshness.mode = 'live'
    freshness.checkedAt = new Date()
    freshness.problem = null
  },
  over: (why) => void (why === 'rights' ? withOtherRights() : later()),
})

function sumUp(): void {
  sums = undefined
  triggerRef(statuses)
}

/** Lists are asked for after a while, not by everybody in the moment of a change. */
function listSoon(): void {
  if (lists !== undefined) return
  const wait = Math.max(0, listedAt + LISTS_MS - Date.now()) + Math.random() * SPREAD_MS
  lists = setTimeout(() => {
    lists = undefined
    listedAt = Date.now()
    freshness.version += 1
  }, wait)
}

async function loadAnew(what: Again[]): Promise<void> {
  if (!running) return
  if (what.includes('layers')) freshness.layers += 1
  if (what.includes('cases')) toldCases('reload')
  if (!what.includes('status')) return
  cursor = etag = null
  await refreshStatus()
  if (freshness.problem !== null) later()
}

/** What the caller may see has changed: nothing that is known counts any more. */
async function withOtherRights(): Promise<void> {
  forget()
  await resume()
  toldCases('reload')
  await begin()
}

/** Asks once, then listens. */
async function begin(): Promise<void> {
  clearTimeout(again)
  if (!running || document.hidden) return
  if (cursor === null || attempts > 0) await refreshStatus()
  if (!running || document.hidden) return
  if (freshness.problem !== null || cursor === null) later()
  else stream.open(told ?? cursor)
}

/** The stream is gone: ask now and then, and try to listen again each time. */
function later(): void {
  stream.close()
  if (!running) return
  freshness.mode = freshness.problem === null ? 'polling' : 'offline'
  clearTimeout(again)
  again = setTimeout(() => void begin(), waitMs(attempts))
  attempts += 1
}

function onVisibility(): void {
  clearTimeout(again)
  if (document.hidden) stream.close()
  else void begin()
}

function onOnline(): void {
  if (!stream.isOpen) void begin()
}

/** The network is gone: a stream may not notice for long. */
function onOffline(): void {
  if (stream.isOpen) later()
}

/** Listens until `stopStatus`; a hidden page holds no stream and catches up when it is shown. */
export function startStatus(): void {
  if (running) return
  running = true
  document.addEventListener('visibilitychange', onVisibility)
  window.addEventListener('online', onOnline)
  window.addEventListener('offline', onOffline)
  void begin()
}

export function stopStatus(): void {
  running = false
  stream.close()
  for (const timer of [again, sums, lists]) clearTimeout(timer)
  sums = lists = undefined
  document.removeEventListener('visibilitychange', onVisibility)
  window.removeEventListener('online', onOnline)
  window.removeEventListener('offline', onOffline)
  forget()
  statuses.value = new Map()
}

function forget(): void {
  cursor = told = etag = known = null
  attempts = 0
  freshness.mode = 'waiting'
}
