/** Answers of the API under the names that this client uses. */
export type {
  Case as CaseDetail,
  CaseBrief,
  Category,
  Found,
  GridDetail,
  GridStatusColumns as StatusColumns,
  LedgerLine,
  Located,
  Me,
  Photo,
  Points as CasePoints,
  Shift,
  Track,
  Unit,
} from '@/client'

export interface HotspotRun {
  id: number
  unit: 'h3' | 'grid'
  period_from: string
  period_to: string
  cases: number
  computed_at: string
}

export interface HotspotItem {
  key: string
  grid_id: number | null
  cases: number
  expected: number
  exposure: number | null
  z: number
  p: number
  q: number
  verdict: string
  trend: string | null
  rate_verdict: string | null
  geometry: { type: string; coordinates: unknown } | null
}

export interface Density {
  url: string
  bbox: [number, number, number, number]
  bandwidth_m: number
  max_per_km2: number
  stops: { value: number; color: string }[]
}
