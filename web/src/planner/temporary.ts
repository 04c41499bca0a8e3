/** Temporary grids: what is being drawn, and how they stand to a moment. */
import { reactive } from 'vue'
import type { TemporaryChange, TemporaryGrid } from '@/client'
import { addDays } from '@/lib/days'
import type { BBox, LonLat } from '@/map/leaflet'
import { outline } from '@/state/shared'
import { boxOf, joinBoxes, ringsOf } from './geometry'

export const TEMPORARY_KINDS = ['market', 'flood', 'works', 'other'] as const
export type TemporaryKind = (typeof TEMPORARY_KINDS)[number]
export type Phase = 'now' | 'coming' | 'over'

/** The form's fields; they stay while something else is looked at. */
export interface TemporaryDraft {
  name: string
  kind: TemporaryKind
  reason: string
  firstDay: string
  fromTime: string
  lastDay: string
  toTime: string
  officers: string[]
}

export function emptyTemporary(today: string): TemporaryDraft {
  return {
    name: '',
    kind: 'market',
    reason: '',
    firstDay: today,
    fromTime: '',
    lastDay: '',
    toTime: '',
    officers: [],
  }
}

/** What is being drawn, or null when nothing is; the grid that it changes, or null for a new one. */
export const drawing = reactive({
  draft: null as TemporaryDraft | null,
  changed: null as TemporaryGrid | null,
})

/** An outline of more corners is not taken up to be dragged: it is drawn anew or left. */
const MOST_CORNERS = 300

/** The corners of a grid of one piece without a hole; null where it is not drawn by corners. */
export function cornersOf({ geometry }: TemporaryGrid): LonLat[] | null {
  const coordinates = geometry.coordinates as number[][][][]
  const pieces = geometry.type === 'MultiPolygon' ? coordinates : [coordinates as never]
  const rings = pieces[0] as number[][][] | undefined
  const ring = rings?.[0]
  if (pieces.length !== 1 || rings?.length !== 1 || ring === undefined) return null
  if (ring.length > MOST_CORNERS) return null
  return ring.slice(0, -1).map(([lon = 0, lat = 0]) => [lon, lat] as const)
}

/** Takes up a grid to change it; its corners come onto the map. */
export function beginChange(grid: TemporaryGrid): void {
  drawing.changed = grid
  drawing.draft = {
    name: grid.name,
    kind: grid.kind,
    reason: grid.reason,
    firstDay: grid.first_day,
    fromTime: grid.from_time ?? '',
    lastDay: grid.last_day,
    toTime: grid.to_time ?? '',
    officers: grid.officers.map(({ id }) => id),
  }
  outline.open = false
  outline.purpose = ''
  outline.corners = cornersOf(grid) ?? []
}

/** What a draft changes of a grid, and nothing that it does not. */
export function changesOf(
  grid: TemporaryGrid,
  draft: TemporaryDraft,
  corners: readonly LonLat[],
): TemporaryChange {
  const changes: TemporaryChange = {}
  if (draft.name.trim() !== grid.name) changes.name = draft.name.trim()
  if (draft.kind !== grid.kind) changes.kind = draft.kind
  if (draft.reason.trim() !== grid.reason) changes.reason = draft.reason.trim()
  const officers = new Set(grid.officers.map(({ id }) => id))
  const same =
    officers.size === draft.officers.length && draft.officers.every((id) => officers.has(id))
  if (!same) changes.officer_ids = draft.officers
  const was = cornersOf(grid) ?? []
  if (JSON.stringify(was) !== JSON.stringify(corners)) changes.geometry = faceOf(corners)
  return changes
}

/** A GeoJSON polygon of corners, three at least. */
export function faceOf(corners: readonly LonLat[]): TemporaryGrid['geometry'] {
  return { type: 'Polygon', coordinates: [[...corners, ...corners.slice(0, 1)]] }
}

/** When something begins: the midnight before its first day where no hour is given. */
export function beginOf(day: string, hour: string | null): string {
  return `${day}T${hour || '00:00'}`
}

/** When something ends: the midnight after its last day where no hour is given. */
export function endOf(day: string, hour: string | null): string {
  return hour ? `${day}T${hour}` : `${addDays(day, 1)}T00:00`
}

/** How a temporary grid stands to a moment, all in the district's time zone. */
export function phaseOf(grid: TemporaryGrid, moment: string): Phase {
  if (moment < beginOf(grid.first_day, grid.from_time)) return 'coming'
  return moment < endOf(grid.last_day, grid.to_time) ? 'now' : 'over'
}

/** First and last day, each with its hour where one is given. */
export function periodOf(grid: TemporaryGrid): { from: string; to: string } {
  return {
    from: [grid.first_day, grid.from_time].filter(Boolean).join(' '),
    to: [grid.last_day, grid.to_time].filter(Boolean).join(' '),
  }
}

/** The box of a temporary grid of one piece or of several. */
export function boxOfTemporary({ geometry }: TemporaryGrid): BBox | null {
  const pieces = geometry.type === 'MultiPolygon' ? geometry.coordinates : [geometry.coordinates]
  return joinBoxes((pieces as number[][][][]).map((rings) => boxOf(ringsOf(rings))))
}

/** Why a draft cannot be sent: keys below `temporary.need`. */
export function missingOf(draft: TemporaryDraft, corners: number, now: string): string[] {
  const missing: string[] = []
  if (corners < 3) missing.push('outline')
  if (draft.name.trim() === '') missing.push('name')
  if (draft.reason.trim() === '') missing.push('reason')
  if (draft.firstDay === '' || draft.firstDay < now.slice(0, 10)) missing.push('firstDay')
  if (draft.lastDay === '') missing.push('lastDay')
  else if (draft.firstDay !== '') {
    const ends = endOf(draft.lastDay, draft.toTime)
    if (ends <= now || ends <= beginOf(draft.firstDay, draft.fromTime)) missing.push('order')
  }
  return missing
}

/** Why a change cannot be sent: keys below `temporary.need`. */
export function missingOfChange(
  grid: TemporaryGrid,
  draft: TemporaryDraft,
  corners: readonly LonLat[],
): string[] {
  const missing: string[] = []
  // An outline that is not drawn by corners stays unless it is drawn anew.
  const stays = corners.length === 0 && cornersOf(grid) === null
  if (corners.length < 3 && !stays) missing.push('outline')
  if (draft.name.trim() === '') missing.push('name')
  if (draft.reason.trim() === '') missing.push('reason')
  if (missing.length === 0 && Object.keys(changesOf(grid, draft, corners)).length === 0) {
    missing.push('change')
  }
  return missing
}
