/**
 * The draft's grids on two canvases: the ground with every grid, drawn when something has changed,
 * and over it what moves with the pointer. While a corner is dragged, only the grids that share it
 * are drawn anew.
 */
import { type BBox, L, type LonLat, toLonLat } from '@/map/leaflet'
import type { Box } from '@/map/placement'

import type { Rings } from './geometry'
import { drawGround, drawOver, hatchings, type PaintedGrid } from './painting'
import { type Projection, projectionAt } from './projection'

export interface Shape {
  rings: Rings
  style: 'drag' | 'mine' | 'theirs' | 'before' | 'moves'
  label?: string
}

/** What lies over the grids at the moment. */
export interface Over {
  selected: ReadonlySet<number>
  hovered: number | null
  /** Grids left out of the ground, since they are drawn as shapes. */
  lifted: ReadonlySet<number>
  shapes: readonly Shape[]
  handles: readonly LonLat[]
  /** The corner that would be taken, or where one would be put in. */
  grip: { at: LonLat; kind: 'corner' | 'insert' | 'snapped' } | null
  line: readonly LonLat[]
  /** Buildings or blocks that have been pointed at. */
  marks: readonly LonLat[]
}

export function nothingOver(): Over {
  return {
    selected: new Set(),
    hovered: null,
    lifted: new Set(),
    shapes: [],
    handles: [],
    grip: null,
    line: [],
    marks: [],
  }
}

/** How much more than the view is drawn on each side, so that a pan shows no bare edge. */
const MARGIN = 0.2

interface ZoomingMap extends L.Map {
  _latLngBoundsToNewLayerBounds(bounds: L.LatLngBounds, zoom: number, centre: L.LatLng): L.Bounds
}

export class CoverageLayer extends L.Layer {
  private ground: HTMLCanvasElement | null = null
  private over: HTMLCanvasElement | null = null
  private bounds: L.LatLngBounds | null = null
  private corner = L.point(0, 0)
  private stale = { ground: false, over: false }
  private waiting = 0
  private state: Over = nothingOver()
  private readonly hatch = hatchings()

  private labels: Box[] = []

  constructor(
    private readonly grids: () => Iterable<PaintedGrid>,
    private readonly onLabels: () => void,
  ) {
    super({ pane: 'coverage' })
  }

  /** What the labels cover, in pixels of the map's container, for other names to keep clear of. */
  labelBoxes(): Box[] {
    const { x, y } = this._map.layerPointToContainerPoint(this.corner)
    return this.labels.map(([left, top, right, bottom]) => [
      left + x,
      top + y,
      right + x,
      bottom + y,
    ])
  }

  override onAdd(map: L.Map): this {
    const make = () => {
      const canvas = L.DomUtil.create('canvas', 'leaflet-zoom-animated', map.getPane('coverage'))
      canvas.setAttribute('aria-hidden', 'true')
      return canvas
    }
    this.ground = make()
    this.over = make()
    this.refresh()
    return this
  }

  override onRemove(): this {
    cancelAnimationFrame(this.waiting)
    this.ground?.remove()
    this.over?.remove()
    this.ground = this.over = null
    return this
  }

  override getEvents(): Record<string, L.LeafletEventHandlerFn> {
    return {
      moveend: () => this.refresh(),
      viewreset: () => this.refresh(),
      resize: () => this.refresh(),
      zoomanim: (event) => this.follow(event as L.ZoomAnimEvent),
    }
  }

  /** Draws everything at the next frame. */
  refresh(): void {
    this.stale = { ground: true, over: true }
    this.ask()
  }

  /** Changes what lies over the grids; the ground is drawn again only where it must be. */
  put(changes: Partial<Over>): void {
    const lifted = changes.lifted ?? this.state.lifted
    if (!sameIds(lifted, this.state.lifted)) this.stale.ground = true
    this.state = { ...this.state, ...changes }
    this.stale.over = true
    this.ask()
  }

  get shown(): Over {
    return this.state
  }

  /** Positions to pixels of the map's container as it stands, and back. */
  projection(): Projection {
    const origin = this._map.getPixelBounds().min ?? L.point(0, 0)
    return projectionAt(this._map.getZoom(), [origin.x, origin.y])
  }

  private ask(): void {
    cancelAnimationFrame(this.waiting)
    this.waiting = requestAnimationFrame(() => this.draw())
  }

  private draw(): void {
    if (this.ground === null || this.over === null || !this._map) return
    if (this.stale.ground) this.drawGround(this.ground)
    if (this.stale.over || this.stale.ground) this.drawOver(this.over)
    this.stale = { ground: false, over: false }
  }

  private drawGround(canvas: HTMLCanvasElement): void {
    const map = this._map
    const size = map.getSize()
    const margin = size.multiplyBy(MARGIN).round()
    this.corner = map.containerPointToLayerPoint(margin.multiplyBy(-1)).round()
    this.bounds = L.latLngBounds(
      map.layerPointToLatLng(this.corner),
      map.layerPointToLatLng(this.corner.add(size).add(margin.multiplyBy(2))),
    )
    const context = this.prepare(canvas)
    if (context === null) return
    const [low, high] = [toLonLat(this.bounds.getSouthWest()), toLonLat(this.bounds.getNorthEast())]
    const seen: BBox = [low[0], low[1], high[0], high[1]]
    this.labels = drawGround(context, this.canvasProjection(), this.grids(), {
      seen,
      lifted: this.state.lifted,
      hatch: this.hatch,
    })
    this.onLabels()
  }

  private drawOver(canvas: HTMLCanvasElement): void {
    const context = this.prepare(canvas)
    if (context === null) return
    drawOver(context, this.canvasProjection(), this.grids(), this.state)
  }

  private prepare(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
    const size = this._map
      .getSize()
      .multiplyBy(1 + 2 * MARGIN)
      .round()
    const dpr = Math.min(2, window.devicePixelRatio || 1)
    const [width, height] = [size.x * dpr, size.y * dpr]
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width
      canvas.height = height
      canvas.style.width = `${size.x}px`
      canvas.style.height = `${size.y}px`
    }
    L.DomUtil.setTransform(canvas, this.corner, 1)
    const context = canvas.getContext('2d')
    context?.setTransform(dpr, 0, 0, dpr, 0, 0)
    context?.clearRect(0, 0, size.x, size.y)
    return context
  }

  private canvasProjection(): Projection {
    const origin = this._map.getPixelOrigin().add(this.corner)
    return projectionAt(this._map.getZoom(), [origin.x, origin.y])
  }

  private follow(event: L.ZoomAnimEvent): void {
    if (this.ground === null || this.over === null || this.bounds === null) return
    const map = this._map as ZoomingMap
    const scale = map.getZoomScale(event.zoom)
    const { min } = map._latLngBoundsToNewLayerBounds(this.bounds, event.zoom, event.center)
    if (!min) return
    L.DomUtil.setTransform(this.ground, min, scale)
    L.DomUtil.setTransform(this.over, min, scale)
  }
}

function sameIds(one: ReadonlySet<number>, other: ReadonlySet<number>): boolean {
  return one === other || (one.size === other.size && [...one].every((id) => other.has(id)))
}
