/** Answers of the API, as the client uses them. */

export interface Ref {
  id: number
  code: string
  name: string
}

export interface Me {
  account: {
    id: string
    login: string
    display_name: string
    unit: { id: number; name: string } | null
  }
  roles: { role: string; area: Ref | null; grid: Ref | null }[]
  permissions: string[]
  district: { id: number; code: string; name: string; time_zone: string; bbox: number[] }
  home_bbox: number[]
  now: string
}

export interface Category {
  id: number
  standard: string
  kind: string
  code: string
  name: string
  name_en: string
  severity: string
  limit_minutes: number
}

export interface CaseBrief {
  id: string
  number: string
  category: { id: number; code: string; name: string; name_en: string }
  severity: string
  state: string
  overdue: boolean
  grid: Ref | null
  area: { id: number; name: string } | null
  lon: number
  lat: number
  address: string | null
  unit: { id: number; name: string } | null
  occurred_at: string
  received_at: string
  deadline_at: string
  closed_at: string | null
  seq: number
  photos: number
}

export interface Photo {
  id: string
  role: 'before' | 'after'
  url: string
  width_px: number
  height_px: number
  received_at: string
}

export interface LedgerLine {
  seq: number
  action: string
  state: string
  actor: { id: string; display_name: string } | null
  occurred_at: string
  received_at: string
  facts: Record<string, unknown>
  text: string | null
  digest: string
}

export interface CaseDetail extends Omit<CaseBrief, 'photos'> {
  description: string | null
  actions: string[]
  reworks: number
  source: string
  external_number: string | null
  photos: Photo[]
  ledger: LedgerLine[]
}

export interface GridDetail {
  id: number
  code: string
  name: string
  kind: string
  area: Ref
  households: number
  buildings: number
  area_m2: number
  centre: [number, number]
  bbox: [number, number, number, number]
  officers: { id: string; display_name: string }[]
}

export interface StatusColumns {
  cursor: string
  full: boolean
  as_of: string
  grid_id: number[]
  open: number[]
  overdue: number[]
  handled: number[]
  closed: number[]
  patrols_30d: number[]
  patrol_seconds_30d: number[]
  patrol_metres_30d: number[]
  last_patrol_at: (number | null)[]
  households: number[]
}

export interface CasePoints {
  count: number
  truncated: boolean
  id: string[]
  lon: number[]
  lat: number[]
  state: string[]
  severity: string[]
  overdue: number[]
  category_id: number[]
}

export interface Located {
  lon: number
  lat: number
  grid: Ref | null
  area: Ref | null
  address: string | null
  nearby: CaseBrief[]
}

export interface Found {
  type: 'grid' | 'case' | 'place' | 'building' | 'road' | 'area'
  id: number | string
  title: string
  subtitle: string | null
  centre: [number, number]
  bbox: [number, number, number, number] | null
}

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

export interface Shift {
  id: string
  shift_day: string
  officer: { id: string; display_name: string }
  kind: string
  grid_ids: number[]
  tracked: boolean
  source: string
  started_at: string
  ended_at: string | null
  points: number
  seconds: number
  metres: number
  gap_seconds: number
}

export interface Track {
  geometry: { type: 'MultiLineString'; coordinates: [number, number][][] }
  properties: Record<string, unknown>
}

export interface Page<T> {
  items: T[]
  next: string | null
}
