/** A report in the making, kept on this device until the server has it. */
import { uuid7 } from '@/lib/uuid7'
import type { LonLat } from '@/map/leaflet'
import { session } from './session'

export type PlaceKind = 'point' | 'line' | 'area'
export type ReportSource = 'patrol' | 'phone' | 'hotline' | 'message' | 'inspection'

export interface Draft {
  /** The id that the case will have: sent again after a reload it still arrives once. */
  id: string
  startedAt: string
  categoryId: number | ''
  severity: string
  description: string
  address: string
  placeKind: PlaceKind
  position: LonLat | null
  /** Metres, where the position came from the device. */
  accuracyM: number | null
  /** Of a line or an area, in their order. */
  corners: LonLat[]
  source: ReportSource
  externalNumber: string
  owner: string
  /** As they were typed, by the question's id. */
  answers: Record<string, string>
  /** Put right on the spot 即时处置. */
  fixed: boolean
}

const KEY = 'sanbai.report'

/** Each account its own: at a shared desk nobody finds another's words. */
function key(): string {
  return `${KEY}.${session.me?.account.id ?? ''}`
}

export function emptyDraft(): Draft {
  return {
    id: uuid7(),
    startedAt: new Date().toISOString(),
    categoryId: '',
    severity: '',
    description: '',
    address: '',
    placeKind: 'point',
    position: null,
    accuracyM: null,
    corners: [],
    source: 'patrol',
    externalNumber: '',
    owner: '',
    answers: {},
    fixed: false,
  }
}

export function keepDraft(draft: Draft): void {
  const { description, address, position, corners, categoryId } = draft
  const typed = description.trim() !== '' || address.trim() !== ''
  const worthKeeping = typed || position !== null || corners.length > 0 || categoryId !== ''
  if (worthKeeping) sessionStorage.setItem(key(), JSON.stringify(draft))
  else sessionStorage.removeItem(key())
}

/** The kept draft, or null when there is none that this version understands. */
export function keptDraft(): Draft | null {
  const text = sessionStorage.getItem(key())
  if (text === null) return null
  const kept: unknown = JSON.parse(text)
  if (typeof kept !== 'object' || kept === null || !('description' in kept)) return null
  return { ...emptyDraft(), ...(kept as Partial<Draft>) }
}

export function forgetDraft(): void {
  sessionStorage.removeItem(key())
}
