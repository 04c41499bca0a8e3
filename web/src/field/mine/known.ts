/** What an officer's phone knows of his grids, read from the server whenever there is a network. */
import { ask } from '@/api/ask'
import type { CaseBrief, CaseDetail, GridDetail, Photo } from '@/api/types'
import {
  type BoardCase,
  board,
  type Category,
  case_,
  dutyRounds,
  dutyStreets,
  cases as listCases,
  grids as listGrids,
  type Round,
  categories as readCategories,
  grid as readGrid,
  photos as readPhotos,
  type Street,
} from '@/client'
import { session } from '@/state/session'
import { type Known, useKnown } from '../outbox'

const MOST_GRIDS = 30
const MENDED_DAYS = 60
const MOST_MENDED = 30

/** The grids that somebody has a charge in: named one by one, or all of an area. */
async function gridIds(signal: AbortSignal): Promise<number[]> {
  const officers = (session.me?.roles ?? []).filter(({ role }) => role === 'officer')
  const found = new Set<number>()
  for (const { grid, area } of officers) {
    if (grid !== null) found.add(grid.id)
    else if (area !== null) {
      const query = { area_id: area.id, limit: MOST_GRIDS }
      for (const one of (await ask(listGrids({ query, signal }))).items) found.add(one.id)
    }
  }
  return [...found].slice(0, MOST_GRIDS)
}

async function loadGrids(signal: AbortSignal): Promise<GridDetail[]> {
  const ids = await gridIds(signal)
  return Promise.all(ids.map((id) => ask(readGrid({ path: { grid_id: id }, signal }))))
}

/** An open case of my grids with the steps that I may take; `mine`: the next one is mine. */
export type MyCase = BoardCase & { mine: boolean }

async function loadCases(signal: AbortSignal): Promise<MyCase[]> {
  const [{ columns }, turn] = await Promise.all([
    ask(board({ query: { limit: 100 }, signal })),
    ask(listCases({ query: { state: 'open', mine: true, limit: 200 }, signal })),
  ])
  const mine = new Set(turn.items.map(({ id }) => id))
  return columns.flatMap(({ items }) => items).map((one) => ({ ...one, mine: mine.has(one.id) }))
}

async function loadCategories(signal: AbortSignal): Promise<Category[]> {
  return (await ask(readCategories({ query: { limit: 200 }, signal }))).items
}

/** Something that was put right, to show to those who live there. */
export interface Mended {
  found: CaseBrief
  before: Photo | null
  after: Photo | null
}

async function loadMended(signal: AbortSignal): Promise<Mended[]> {
  const query = { state: 'closed', days: MENDED_DAYS, limit: MOST_MENDED } as const
  const { items } = await ask(listCases({ query, signal }))
  if (items.length === 0) return []
  const asked = { case_id: items.map(({ id }) => id) }
  const { items: photos } = await ask(readPhotos({ query: asked, signal }))
  const last = (id: string, role: Photo['role']) =>
    photos.findLast((one) => one.case_id === id && one.role === role) ?? null
  return items
    .map((found) => ({ found, before: last(found.id, 'before'), after: last(found.id, 'after') }))
    .sort((a, b) => (b.found.closed_at ?? '').localeCompare(a.found.closed_at ?? ''))
}

async function loadStreets(signal: AbortSignal): Promise<Street[]> {
  return (await ask(dutyStreets({ query: { limit: 1000 }, signal }))).items
}

async function loadRounds(signal: AbortSignal): Promise<Round[]> {
  return (await ask(dutyRounds({ signal }))).items
}

export function loadCase(id: string, signal: AbortSignal): Promise<CaseDetail> {
  return ask(case_({ path: { case_id: id }, signal }))
}

/** All of it by the name under which it is kept; the first are needed first without a network. */
export const LOADS = {
  categories: loadCategories,
  'my-streets': loadStreets,
  'my-grids': loadGrids,
  'my-cases': loadCases,
  'my-rounds': loadRounds,
  mended: loadMended,
}

export const useCategories = (): Known<Category[]> => useKnown('categories', loadCategories)
export const useMyStreets = (): Known<Street[]> => useKnown('my-streets', loadStreets)
export const useMyGrids = (): Known<GridDetail[]> => useKnown('my-grids', loadGrids)
export const useMyCases = (): Known<MyCase[]> => useKnown('my-cases', loadCases)
export const useMyRounds = (): Known<Round[]> => useKnown('my-rounds', loadRounds)
export const useMended = (): Known<Mended[]> => useKnown('mended', loadMended)

export function useCase(id: string): Known<CaseDetail> {
  return useKnown(caseKey(id), (signal) => loadCase(id, signal))
}

export function caseKey(id: string): string {
  return `case-${id}`
}
