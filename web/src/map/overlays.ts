/** Hotspots, patrol tracks and the marker that says where. */
import type { Density, HotspotItem, Track } from '@/api/types'
import { L, type LonLat, toBounds, toLatLng, toLatLngs, toLonLat } from './leaflet'
import { judgement, VERDICT_FILLS } from './themes'

export class HotspotLayer {
  private readonly group: L.LayerGroup
  private readonly renderer: L.Renderer
  private items: HotspotItem[] = []
  private outlined: L.Polygon | null = null

  constructor(map: L.Map) {
    this.renderer = L.canvas({ pane: 'hotspots', padding: 0.4 })
    this.group = L.layerGroup().addTo(map)
  }

  clear(): void {
    this.group.clearLayers()
    this.items = []
    this.outlined = null
  }

  showCells(items: HotspotItem[]): void {
    this.clear()
    this.items = items
    for (const item of items) {
      if (item.geometry === null) continue
      const verdict = judgement(item)
      const marked = verdict !== 'usual' && verdict !== 'too-few-data'
      L.polygon(toLatLngs(item.geometry.coordinates) as L.LatLng[][], {
        renderer: this.renderer,
        pane: 'hotspots',
        interactive: false,
        color: '#5b6468',
        weight: marked ? 0.8 : 0.3,
        fillColor: VERDICT_FILLS[verdict] ?? '#eceff0',
        fillOpacity: marked ? 0.66 : 0.2,
      }).addTo(this.group)
    }
  }

  showDensity(density: Density): void {
    this.clear()
    L.tileLayer(density.tiles, {
      pane: 'hotspots',
      bounds: toBounds(density.bbox),
      opacity: 0.75,
      className: 'density-tiles',
    }).addTo(this.group)
  }

  /** Draws a ring around the cell that is being explained. */
  outline(item: HotspotItem | null): void {
    this.outlined?.remove()
    this.outlined = null
    if (item?.geometry === null || item === null) return
    this.outlined = L.polygon(toLatLngs(item.geometry.coordinates) as L.LatLng[][], {
      renderer: this.renderer,
      pane: 'hotspots',
      interactive: false,
      color: '#10181b',
      weight: 3,
      fill: false,
    }).addTo(this.group)
  }

  cellAt([lon, lat]: LonLat): HotspotItem | null {
    return this.items.find((item) => item.geometry !== null && inside(item, lon, lat)) ?? null
  }
}

function inside(item: HotspotItem, lon: number, lat: number): boolean {
  const ring = (item.geometry?.coordinates as [number, number][][] | undefined)?.[0] ?? []
  let within = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i] ?? [0, 0]
    const [xj, yj] = ring[j] ?? [0, 0]
    if (yi > lat !== yj > lat && lon < ((xj - xi) * (lat - yi)) / (yj - yi) + xi) within = !within
  }
  return within
}

export class TrackLayer {
  private readonly group: L.LayerGroup

  constructor(map: L.Map) {
    this.group = L.layerGroup().addTo(map)
  }

  clear(): void {
    this.group.clearLayers()
  }

  /** Each unbroken stretch is a line of its own: a gap stays a gap. */
  show(track: Track, words: { start: string; end: string }): L.LatLngBounds | null {
    this.clear()
    const lines = track.geometry.coordinates.map((line) => line.map(toLatLng))
    if (lines.length === 0) return null
    const shared = { pane: 'tracks', interactive: false, lineJoin: 'round' as const }
    L.polyline(lines, { ...shared, color: '#ffffff', weight: 6, opacity: 0.9 }).addTo(this.group)
    const line = L.polyline(lines, { ...shared, color: '#6b2fa0', weight: 3 }).addTo(this.group)
    for (const stretch of lines) {
      for (const end of [stretch[0], stretch[stretch.length - 1]]) {
        if (end) this.dot(end, 3.5, '#6b2fa0')
      }
    }
    this.named(lines[0]?.[0], words.start, '#1d7a4f')
    this.named(lines.at(-1)?.at(-1), words.end, '#8a1c1c')
    return line.getBounds()
  }

  private dot(position: L.LatLng, radius: number, colour: string): L.CircleMarker {
    return L.circleMarker(position, {
      pane: 'tracks',
      radius,
      color: '#ffffff',
      weight: 1.5,
      fillColor: colour,
      fillOpacity: 1,
      interactive: false,
    }).addTo(this.group)
  }

  private named(position: L.LatLng | undefined, text: string, colour: string): void {
    if (position === undefined) return
    this.dot(position, 6, colour).bindTooltip(text, {
      permanent: true,
      direction: 'top',
      className: 'track-end',
      offset: [0, -4],
    })
  }
}

/** A ring around the case whose card is open, closed ones too. */
export class PlaceRing {
  private ring: L.CircleMarker | null = null

  constructor(private readonly map: L.Map) {}

  set(position: LonLat | null): void {
    this.ring?.remove()
    this.ring = null
    if (position === null) return
    this.ring = L.circleMarker(toLatLng(position), {
      pane: 'tracks',
      radius: 17,
      color: '#0b3a44',
      weight: 3.5,
      fillColor: '#ffffff',
      fillOpacity: 0.35,
      interactive: false,
    }).addTo(this.map)
  }
}

/** The draggable marker of a report or of a corrected place. */
export class PlaceMarker {
  private marker: L.Marker | null = null

  constructor(
    private readonly map: L.Map,
    private readonly onPlace: (position: LonLat) => void,
  ) {}

  set(position: LonLat | null, label: string): void {
    if (position === null) {
      this.marker?.remove()
      this.marker = null
      return
    }
    if (this.marker !== null) {
      this.marker.setLatLng(toLatLng(position))
      return
    }
    const shape = L.divIcon({
      className: 'place-marker',
      html: '<svg viewBox="0 0 32 44" aria-hidden="true"><path d="M16 43S2 25.500 2 15.500a14 14 0 0 1 28 0C30 25.500 16 43 16 43z" fill="#b3261e" stroke="#fff" stroke-width="2"/><circle cx="16" cy="15.500" r="5.500" fill="#fff"/></svg>',
      iconSize: [32, 44],
      iconAnchor: [16, 43],
    })
    this.marker = L.marker(toLatLng(position), {
      icon: shape,
      draggable: true,
      autoPan: true,
      title: label,
      alt: label,
      zIndexOffset: 2000,
    })
      .on('dragend', (event) => this.onPlace(toLonLat((event.target as L.Marker).getLatLng())))
      .addTo(this.map)
  }
}
