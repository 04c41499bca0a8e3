/** The page of a case, and the list that it was opened from. */
import { shallowReactive } from 'vue'
import { DUTY_PANELS, type PanelName, select, view, WORK_PANELS } from './url'

/** Ids of the list in which somebody stands, in its order. */
const list = shallowReactive({ ids: [] as readonly string[] })

/** Keeps the list that a case is chosen from, so that its page can go on to the next one. */
export function rememberList(ids: readonly string[]): void {
  list.ids = ids
}

/** Opens the page of a case; without a list it stays in the one it was chosen from. */
export function openCasePage(id: string, ids?: readonly string[]): void {
  if (ids !== undefined) rememberList(ids)
  view.page = id
}

/** Back to what lies under the page. */
export function closeCasePage(): void {
  view.page = null
}

export interface Standing {
  /** Counted from 1. */
  place: number
  of: number
  before: string | null
  after: string | null
}

/** Where a case stands in the list it was opened from; null: in none. */
export function standingOf(id: string): Standing | null {
  const at = list.ids.indexOf(id)
  if (at < 0 || list.ids.length < 2) return null
  return {
    place: at + 1,
    of: list.ids.length,
    before: list.ids[at - 1] ?? null,
    after: list.ids[at + 1] ?? null,
  }
}

/** A step that was begun on the page of a case and needs the map to choose a place on. */
let begun: { id: string; action: string } | null = null

/** Goes on with a step beside the map. */
export function beginOnMap(
  found: { id: string; lon: number | null; lat: number | null },
  action: string,
): void {
  begun = { id: found.id, action }
  showOnMap(found)
  select({ type: 'case', id: found.id })
}

/** The step that was begun for this case, once. */
export function takeBegun(id: string): string | null {
  const action = begun?.id === id ? begun.action : null
  begun = null
  return action
}

/** Pages that stand in place of the map. */
const WITHOUT_MAP: readonly PanelName[] = [
  'lists',
  'admin',
  'account',
  ...DUTY_PANELS,
  ...WORK_PANELS,
]

/** Leaves any page in place of the map, and goes to where a case lies. */
export function showOnMap(found: { lon: number | null; lat: number | null }): void {
  view.page = null
  if (WITHOUT_MAP.includes(view.panel)) view.panel = 'overview'
  if (found.lon !== null && found.lat !== null)
    view.at = { lon: found.lon, lat: found.lat, zoom: 17 }
}
