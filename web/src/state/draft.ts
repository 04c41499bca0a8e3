/** A report in the making, kept on this device until the server has it. */
import type { LonLat } from '@/map/leaflet'

export interface Draft {
  categoryId: number | ''
  severity: string
  description: string
  address: string
  position: LonLat | null
}

const KEY = 'sanbai.report'

export function emptyDraft(): Draft {
  return { categoryId: '', severity: '', description: '', address: '', position: null }
}

export function keepDraft(draft: Draft): void {
  const worthKeeping = draft.description.trim() !== '' || draft.address.trim() !== ''
  if (worthKeeping) sessionStorage.setItem(KEY, JSON.stringify(draft))
  else sessionStorage.removeItem(KEY)
}

/** The kept draft, or null when there is none that this version understands. */
export function keptDraft(): Draft | null {
  const text = sessionStorage.getItem(KEY)
  if (text === null) return null
  const kept: unknown = JSON.parse(text)
  if (typeof kept !== 'object' || kept === null || !('description' in kept)) return null
  return { ...emptyDraft(), ...(kept as Partial<Draft>) }
}

export function forgetDraft(): void {
  sessionStorage.removeItem(KEY)
}
