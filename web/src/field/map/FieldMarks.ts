/** What the field app draws over the map: own grids, streets, the track, and where one is. */
import { L, type LonLat, toLatLng, toLatLngs } from '@/map/leaflet'
import type { Box } from '@/map/placement'
import type { MapOutline, MapStreet } from './types'

/** A finger is that wide: the line under it is thin. */
const TOUCH_PX = 34
/** Half the dot that says where one is, with its rim. */
const HERE_PX = 12

export class FieldMarks {
  private readonly grids: L.LayerGroup
  private readonly streets: L.LayerGroup
  private readonly track: L.LayerGroup
  private readonly here: L.LayerGroup

  constructor(private readonly map: L.Map) {
    const group = () => L.layerGroup().addTo(map)
    this.grids = group()
    this.streets = group()
    this.track = group()
    this.here = group()
  }

  /** Draws them; null where there are none. */
  setGrids(outlines: readonly MapOutline[]): L.LatLngBounds | null {
    this.grids.clearLayers()
    const drawn: L.Polygon[] = []
    for (const { coordinates } of outlines) {
      const rings = toLatLngs(coordinates) as L.LatLng[][]
      const shared = { interactive: false, fill: false, lineJoin: 'round' as const }
      L.polygon(rings, { ...shared, className: 'my-grid-casing' }).addTo(this.grids)
      drawn.push(L.polygon(rings, { ...shared, className: 'my-grid' }).addTo(this.grids))
    }
    return drawn.length === 0 ? null : L.featureGroup(drawn).getBounds()
  }

  /** Walked ones are whole and quiet, the others broken and strong: no colour is needed. */
  setStreets(streets: readonly MapStreet[], onPress: (id: MapStreet['id']) => void): void {
    this.streets.clearLayers()
    for (const street of streets) {
      const lines = street.lines.map((line) => line.map(toLatLng))
      const className = street.walked ? 'street is-walked' : 'street is-waiting'
      L.polyline(lines, { className: 'street-casing', interactive: false }).addTo(this.streets)
      L.polyline(lines, { className, interactive: false }).addTo(this.streets)
      L.polyline(lines, { className: 'street-touch', weight: TOUCH_PX })
        .on('click', (event) => {
          L.DomEvent.stop(event)
          onPress(street.id)
        })
        .addTo(this.streets)
    }
  }

  /** Each unbroken stretch is a line of its own: a gap stays a gap. */
  setTrack(lines: readonly (readonly LonLat[])[]): void {
    this.track.clearLayers()
    const drawn = lines.map((line) => line.map(toLatLng))
    const shared = { interactive: false, lineJoin: 'round' as const }
    L.polyline(drawn, { ...shared, className: 'own-track-casing' }).addTo(this.track)
    L.polyline(drawn, { ...shared, className: 'own-track' }).addTo(this.track)
  }

  setHere(at: { lon: number; lat: number; accuracyM: number } | null): void {
    this.here.clearLayers()
    if (at === null) return
    const centre = toLatLng([at.lon, at.lat])
    const shared = { interactive: false }
    L.circle(centre, { ...shared, radius: at.accuracyM, className: 'here-area' }).addTo(this.here)
    L.circleMarker(centre, { ...shared, radius: HERE_PX - 3, className: 'here-dot' }).addTo(
      this.here,
    )
  }

  /** What the dot covers, in pixels of the map's container. */
  boxes(): Box[] {
    const dot = this.here.getLayers().at(-1)
    if (!(dot instanceof L.CircleMarker)) return []
    const { x, y } = this.map.latLngToContainerPoint(dot.getLatLng())
    return [[x - HERE_PX, y - HERE_PX, x + HERE_PX, y + HERE_PX]]
  }
}
