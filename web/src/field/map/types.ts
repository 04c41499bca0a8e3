/** What the field app gives its map to draw. */
import type { LonLat } from '@/map/leaflet'

/** A GeoJSON polygon or multipolygon. */
export interface MapOutline {
  coordinates: unknown
}

export interface MapStreet {
  /** Of a part of a street. */
  id: number
  lines: readonly (readonly LonLat[])[]
  walked: boolean
}

export interface MapCase {
  id: string
  lon: number | null
  lat: number | null
  state: string
  severity: string
  overdue: boolean
}

export interface MapPlace {
  lon: number
  lat: number
}

export interface MapPosition extends MapPlace {
  accuracyM: number
}

export interface FieldMapProps {
  grids?: readonly MapOutline[]
  cases?: readonly MapCase[]
  position?: MapPosition | null
  /** Unbroken stretches. */
  track?: readonly (readonly LonLat[])[]
  streets?: readonly MapStreet[]
  /** Whether there is a marker that can be put somewhere else. */
  pick?: boolean
}
