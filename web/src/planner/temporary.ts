/** Temporary grids: what is being drawn, and how they stand to a moment. */
import { reactive } from 'vue'
import type { TemporaryGrid } from '@/client'
import { addDays } from '@/lib/days'
import type { BBox } from '@/map/leaflet'
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

/** What is being drawn, or null when nothing is. */
export const drawing = reactive({ draft: null as TemporaryDraft | null })

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
