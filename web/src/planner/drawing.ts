/** A drawing as a quiet layer: its lines on a canvas, its texts where there is room to read them. */
import type { FeatureCollection, MultiLineString, Point } from 'geojson'
import { L, type LonLat, toLatLng, toLatLngs } from '@/map/leaflet'

export type DrawingDocument = FeatureCollection<MultiLineString | Point, { text?: string }>

const INK = '#6a3d9a'
const READABLE_ZOOM = 17
const MOST_TEXTS = 250

export class DrawingLayer extends L.LayerGroup {
  private readonly lines: L.Polyline
  private readonly written: { text: string; at: L.LatLng }[] = []
  private readonly texts = L.layerGroup()

  constructor(
    document: DrawingDocument,
    private readonly pane: string,
    private opacity: number,
  ) {
    super()
    const lines: L.LatLng[][] = []
    for (const { geometry, properties } of document.features) {
      if (geometry.type === 'MultiLineString') {
        lines.push(...(toLatLngs(geometry.coordinates) as L.LatLng[][]))
      } else if (properties.text !== undefined) {
        const at = toLatLng(geometry.coordinates as unknown as LonLat)
        this.written.push({ text: properties.text, at })
      }
    }
    const renderer = L.canvas({ pane, padding: 0.2 })
    this.lines = L.polyline(lines, {
      pane,
      renderer,
      color: INK,
      weight: 1.5,
      opacity,
      interactive: false,
    })
    this.addLayer(this.lines)
    this.addLayer(this.texts)
  }

  override onAdd(map: L.Map): this {
    super.onAdd(map)
    map.on('moveend', this.write, this)
    this.write()
    return this
  }

  override onRemove(map: L.Map): this {
    map.off('moveend', this.write, this)
    return super.onRemove(map)
  }

  setOpacity(opacity: number): void {
    this.opacity = opacity
    this.lines.setStyle({ opacity })
    this.write()
  }

  private write(): void {
    this.texts.clearLayers()
    if (this._map === null || this._map === undefined || this._map.getZoom() < READABLE_ZOOM) return
    const view = this._map.getBounds().pad(0.1)
    const inView = this.written.filter(({ at }) => view.contains(at)).slice(0, MOST_TEXTS)
    for (const { text, at } of inView) {
      const html = document.createElement('span')
      html.textContent = text
      const icon = L.divIcon({ className: 'drawing-text', html, iconSize: [0, 0] })
      const { opacity, pane } = this
      this.texts.addLayer(
        L.marker(at, { pane, icon, opacity, interactive: false, keyboard: false }),
      )
    }
  }
}
