/** A line or an area as the place of a case, over the map. */
import { L, toLatLngs } from './leaflet'

const STYLE = { color: '#8c1912', weight: 4, interactive: false, pane: 'tracks' } as const

export class PlaceShape {
  private layer: L.Polygon | L.Polyline | null = null

  constructor(private readonly map: L.Map) {}

  /** Draws a GeoJSON line or area, or takes it away; where it lies. */
  set(geometry: { [name: string]: unknown } | null): L.LatLngBounds | null {
    this.layer?.remove()
    this.layer = null
    if (geometry === null || !Array.isArray(geometry.coordinates)) return null
    const positions = toLatLngs(geometry.coordinates)
    const area = String(geometry.type).endsWith('Polygon')
    const layer = area
      ? L.polygon(positions, { ...STYLE, weight: 3, fillOpacity: 0.18 })
      : L.polyline(positions as L.LatLng[] | L.LatLng[][], STYLE)
    this.layer = layer.addTo(this.map)
    return layer.getBounds()
  }
}
