/** Points of all cases of the caller's area, loaded once and then kept by what the stream tells. */
import { shallowReactive } from 'vue'
import { askIfChanged, ifChanged } from '@/api/ask'
import { ApiProblem } from '@/api/problem'
import type { CasePoints } from '@/api/types'
import { points } from '@/client'
import type { CaseNews } from './live'
import { freshness, onCaseNews } from './status'

export interface CasePoint {
  id: string
  lon: number
  lat: number
  state: string
  severity: string
  overdue: number
}

type Shown = 'open' | 'all'

/** Points that are told in quick succession are drawn together. */
const TOGETHER_MS = 300
const OVER = ['closed', 'void']

export const casePoints = shallowReactive({
  /** Grows when there is something else to draw. */
  version: 0,
  /** How many are shown where there are more; 0 when all are. */
  truncated: 0,
})

const held = new Map<string, CasePoint>()
let etag: string | null = null
let shown: Shown | null = null
let turn = 0
/** Told while points were loading: the answer may be older or newer. Null: nothing is loading. */
let waiting: CaseNews[] | null = null
let drawing: ReturnType<typeof setTimeout> | undefined

/** The points to draw. */
export function pointsHeld(): CasePoint[] {
  return [...held.values()]
}

/** Loads these points unless the stream keeps them. */
export async function showCasePoints(state: Shown): Promise<void> {
  if (shown !== state || freshness.mode !== 'live') await loadCasePoints(state)
}

/** Loads the points, unless they are as they were; failures are told beside the status. */
async function loadCasePoints(state: Shown): Promise<void> {
  const mine = ++turn
  waiting ??= []
  try {
    const headers = ifChanged(shown === state ? etag : null)
    const answer = await askIfChanged(points({ query: { state }, headers }))
    if (mine !== turn) return
    shown = state
    if (answer !== null) {
      fill(answer.data)
      etag = answer.etag
    }
    for (const news of waiting) apply(news)
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    freshness.problem = error
  } finally {
    if (mine === turn) waiting = null
  }
}

function fill(columns: CasePoints): void {
  held.clear()
  add(columns)
  casePoints.truncated = columns.truncated ? columns.count : 0
  casePoints.version += 1
}

function add(columns: Omit<CasePoints, 'count' | 'truncated'>): void {
  columns.id.forEach((id, i) => {
    held.set(id, {
      id,
      lon: columns.lon[i] ?? 0,
      lat: columns.lat[i] ?? 0,
      state: columns.state[i] ?? '',
      severity: columns.severity[i] ?? 'blue',
      overdue: columns.overdue[i] ?? 0,
    })
  })
}

function apply(news: CaseNews): void {
  // What was loaded is no longer what the server would send.
  etag = null
  add(news)
  for (const id of news.gone) held.delete(id)
  if (shown === 'open') {
    for (const id of news.id) if (OVER.includes(held.get(id)?.state ?? '')) held.delete(id)
  }
  drawing ??= setTimeout(() => {
    drawing = undefined
    casePoints.version += 1
  }, TOGETHER_MS)
}

onCaseNews((news) => {
  if (news === 'reload') {
    if (shown !== null) void loadCasePoints(shown)
  } else if (waiting !== null) waiting.push(news)
  else if (shown !== null) apply(news)
})

/** After signing out nothing of the last caller's is taken as known. */
export function forgetCasePoints(): void {
  turn += 1
  clearTimeout(drawing)
  drawing = undefined
  held.clear()
  etag = shown = waiting = null
}
