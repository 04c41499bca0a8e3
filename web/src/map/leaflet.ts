/**
 * The one place where longitude-first turns into Leaflet's latitude-first.
 *
 * Everything else in the client keeps WGS 84 positions as `[lon, lat]` in degrees and
 * boxes as `[west, south, east, north]`.
 */
import * as L from 'leaflet'
import 'leaflet/dist/leaflet.css'

export type LonLat = readonly [lon: number, lat: number]
export type BBox = readonly [west: number, south: number, east: number, north: number]

export function toLatLng([lon, lat]: LonLat): L.LatLng {
  return L.latLng(lat, lon)
}

export function toLonLat(position: L.LatLng): LonLat {
  return [position.lng, position.lat]
}

export function toBounds([west, south, east, north]: BBox): L.LatLngBounds {
  return L.latLngBounds([south, west], [north, east])
}

export function toBBox(bounds: L.LatLngBounds): BBox {
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()]
}

/** Rings or lines of a GeoJSON coordinate array, at any depth of nesting. */
export function toLatLngs<T>(coordinates: T): L.LatLng[] | L.LatLng[][] | L.LatLng[][][] {
  const first = (coordinates as unknown[])[0]
  if (Array.isArray(first) && typeof first[0] === 'number') {
    return (coordinates as LonLat[]).map(toLatLng)
  }
  return (coordinates as unknown[]).map((part) => toLatLngs(part)) as L.LatLng[][]
}

export { L }
