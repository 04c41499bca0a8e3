import type { LonLat } from '@/map/leaflet'

/** Where something lies, or null as long as nobody knows. */
export function placeOf(thing: { lon: number | null; lat: number | null }): LonLat | null {
  return thing.lon === null || thing.lat === null ? null : [thing.lon, thing.lat]
}
