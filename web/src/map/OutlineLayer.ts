/** What is being drawn: a line, or one that closes to a face, with corners one can drag. */
import { L, type LonLat, toLatLng, toLonLat } from './leaflet'

export interface OutlineEvents {
  /** A corner was dragged to somewhere else. */
  moved: (index: number, position: LonLat) => void
  /** A corner was pressed: it goes. */
  removed: (index: number) => void
  /** What a corner is called, for those who do not see it. */
  cornerName: (index: number) => string
}

const STYLE = { color: '#5b1a8b', weight: 3, interactive: false, pane: 'tracks' } as const

export class OutlineLayer {
  private readonly face: L.Polygon
  private readonly line: L.Polyline
  private readonly corners: L.Marker[] = []

  constructor(
    private readonly map: L.Map,
    private readonly events: OutlineEvents,
  ) {
    this.face = L.polygon([], { ...STYLE, fillOpacity: 0.16, dashArray: '9 4' })
    this.line = L.polyline([], STYLE)
  }

  set(corners: readonly LonLat[], open: boolean): void {
    const positions = corners.map(toLatLng)
    this.draw(positions)
    for (const shape of [this.face, this.line]) {
      if (positions.length > 0 && (shape === this.line) === open) shape.addTo(this.map)
      else shape.remove()
    }
    for (const marker of this.corners.splice(positions.length)) marker.remove()
    positions.forEach((position, index) => {
      const marker = this.corners[index]
      if (marker === undefined) this.corners.push(this.corner(position, index))
      else marker.setLatLng(position)
    })
  }

  private draw(positions: L.LatLng[]): void {
    this.face.setLatLngs(positions)
    this.line.setLatLngs(positions)
  }

  private corner(position: L.LatLng, index: number): L.Marker {
    const name = this.events.cornerName(index)
    const marker = L.marker(position, {
      icon: L.divIcon({ className: 'outline-corner', html: '<span></span>', iconSize: [28, 28] }),
      draggable: true,
      autoPan: true,
      title: name,
      alt: name,
      zIndexOffset: 3000,
    }).addTo(this.map)
    // The shape follows while the corner is on its way; it is settled where it is let go.
    marker.on('drag', () => this.draw(this.corners.map((each) => each.getLatLng())))
    marker.on('dragend', () => this.events.moved(index, toLonLat(marker.getLatLng())))
    marker.on('click', () => this.events.removed(index))
    return marker
  }
}
