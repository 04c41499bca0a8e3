/** Cases as markers, gathered into clusters where they would cover each other. */
import Supercluster from 'supercluster'
import type { CasePoint } from '@/state/casePoints'
import { L, toBBox, toLatLng } from './leaflet'
import type { Box } from './placement'

interface CaseProps {
  id: string
  state: string
  severity: string
  overdue: number
}
interface ClusterProps {
  overdue: number
}

export interface CaseWords {
  cluster: (count: number) => string
  single: (state: string, severity: string, overdue: boolean) => string
}

const CLUSTER_UP_TO_ZOOM = 17

export class CaseLayer {
  private readonly group = L.layerGroup()
  private index = emptyIndex()
  private selected: string | null = null
  private readonly redraw = () => this.draw()

  constructor(
    private readonly map: L.Map,
    private readonly onCase: (id: string) => void,
    private words: CaseWords,
    private readonly onDrawn: () => void,
  ) {}

  /** What the markers cover, in pixels of the map's container. */
  boxes(): Box[] {
    const boxes: Box[] = []
    if (!this.map.hasLayer(this.group)) return boxes
    this.group.eachLayer((layer) => {
      const marker = layer as L.Marker
      const { x, y } = this.map.latLngToContainerPoint(marker.getLatLng())
      const half = Number((marker.getIcon().options.iconSize as [number, number])[0]) / 2 - 3
      boxes.push([x - half, y - half, x + half, y + half])
    })
    return boxes
  }

  show(on: boolean): void {
    if (on === this.map.hasLayer(this.group)) return
    if (on) {
      this.group.addTo(this.map)
      this.map.on('moveend', this.redraw)
      this.draw()
    } else {
      this.map.off('moveend', this.redraw)
      this.group.remove()
    }
  }

  setPoints(points: readonly CasePoint[]): void {
    this.index = emptyIndex()
    this.index.load(
      points.map(({ lon, lat, ...properties }) => ({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [lon, lat] },
        properties,
      })),
    )
    this.draw()
  }

  setWords(words: CaseWords): void {
    this.words = words
    this.draw()
  }

  select(id: string | null): void {
    this.selected = id
    this.draw()
  }

  private draw(): void {
    if (!this.map.hasLayer(this.group)) return
    this.drawMarkers()
    this.onDrawn()
  }

  private drawMarkers(): void {
    this.group.clearLayers()
    const [west, south, east, north] = toBBox(this.map.getBounds().pad(0.1))
    for (const item of this.index.getClusters([west, south, east, north], this.map.getZoom())) {
      const [lon, lat] = item.geometry.coordinates as [number, number]
      const position = toLatLng([lon, lat])
      const { properties } = item
      const marker =
        'cluster_id' in properties
          ? this.cluster(position, properties)
          : this.single(position, properties as CaseProps)
      marker.addTo(this.group)
    }
  }

  private cluster(
    position: L.LatLng,
    properties: Supercluster.ClusterProperties & ClusterProps,
  ): L.Marker {
    const { point_count: count, overdue, cluster_id: id } = properties
    const size = count < 10 ? 28 : count < 100 ? 34 : 42
    const share = Math.round((overdue / count) * 100)
    const html = `<span style="--late:${share}%">${count}</span>`
    const label = this.words.cluster(count)
    const marker = icon(position, 'case-cluster', html, size, label)
    return marker.on('click keypress', () => {
      this.map.setView(position, Math.min(19, this.index.getClusterExpansionZoom(id)))
    })
  }

  private single(position: L.LatLng, { id, state, severity, overdue }: CaseProps): L.Marker {
    const done = state === 'closed' || state === 'void'
    const classes = ['case-dot', done ? 'is-done' : `is-${severity}`]
    if (overdue && !done) classes.push('is-late')
    if (id === this.selected) classes.push('is-selected')
    const label = this.words.single(state, severity, Boolean(overdue))
    const marker = icon(position, classes.join(' '), '<span></span>', 26, label)
    marker.setZIndexOffset(id === this.selected ? 1000 : 0)
    return marker.on('click keypress', () => this.onCase(id))
  }
}

function emptyIndex() {
  const index = new Supercluster<CaseProps, ClusterProps>({
    radius: 58,
    maxZoom: CLUSTER_UP_TO_ZOOM,
    map: ({ overdue }) => ({ overdue }),
    reduce: (sum, { overdue }) => {
      sum.overdue += overdue
    },
  })
  // Nothing can be asked of an index before it was loaded.
  return index.load([])
}

function icon(
  position: L.LatLng,
  className: string,
  html: string,
  sizePx: number,
  label: string,
): L.Marker {
  const shape = L.divIcon({ className, html, iconSize: [sizePx, sizePx] })
  return L.marker(position, { icon: shape, title: label, alt: label, riseOnHover: true }).on(
    'add',
    (event) => (event.target as L.Marker).getElement()?.setAttribute('aria-label', label),
  )
}
