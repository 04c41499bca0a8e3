/** One canvas over the tiles that carries all names, placed together so that none collide. */
import { L } from './leaflet'
import { type Box, type LabelStyle, type PlacedLabel, placeLabels } from './placement'
import type { LabelCandidate } from './worker/protocol'

const FAMILY =
  '"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif'

const STYLES: Record<LabelCandidate['kind'], Omit<LabelStyle, 'font'> & { weight: number }> = {
  area: style(15, 600, '#5b4b70'),
  place: style(13, 600, '#3d4548'),
  road: style(11.5, 400, '#6a5a3c'),
  water: style(12, 400, '#4a7c98'),
  grid: style(12, 500, '#243b43'),
  temporary: style(12.5, 700, '#4a1272'),
  building: style(10.5, 400, '#75695a'),
}

function style(sizePx: number, weight: number, colour: string) {
  return { sizePx, weight, colour, halo: 'rgba(255,255,255,.88)', letterSpacingPx: 2 }
}

/** Private parts of Leaflet that its own image overlay also uses to follow a zoom. */
interface ZoomingMap extends L.Map {
  _latLngBoundsToNewLayerBounds(bounds: L.LatLngBounds, zoom: number, centre: L.LatLng): L.Bounds
}

export class LabelLayer extends L.Layer {
  private canvas: HTMLCanvasElement | null = null
  private bounds: L.LatLngBounds | null = null
  private waiting = 0
  private enlarged = 1

  /** Boxes that names keep clear of, in pixels of the map's container. */
  obstacles: () => Box[] = () => []

  constructor(private readonly candidates: () => LabelCandidate[]) {
    super({ pane: 'labels' })
  }

  override onAdd(map: L.Map): this {
    this.canvas = L.DomUtil.create(
      'canvas',
      'leaflet-zoom-animated map-labels',
      map.getPane('labels'),
    )
    this.canvas.setAttribute('aria-hidden', 'true')
    this.refresh()
    return this
  }

  override onRemove(): this {
    this.canvas?.remove()
    this.canvas = null
    cancelAnimationFrame(this.waiting)
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

  /** Larger lettering for a wall screen. */
  enlarge(times: number): void {
    this.enlarged = times
    this.refresh()
  }

  /** Places and draws again at the next frame, however often it is asked before that. */
  refresh(): void {
    cancelAnimationFrame(this.waiting)
    this.waiting = requestAnimationFrame(() => this.drawAll())
  }

  private drawAll(): void {
    const { canvas } = this
    const map = this._map
    if (canvas === null || !map) return
    const size = map.getSize()
    const dpr = window.devicePixelRatio || 1
    canvas.width = size.x * dpr
    canvas.height = size.y * dpr
    canvas.style.width = `${size.x}px`
    canvas.style.height = `${size.y}px`
    const corner = map.containerPointToLayerPoint([0, 0])
    L.DomUtil.setTransform(canvas, corner, 1)
    this.bounds = map.getBounds()
    const context = canvas.getContext('2d')
    if (context === null) return
    context.scale(dpr, dpr)
    for (const placed of this.place(context, size, corner)) drawLabel(context, placed)
  }

  private place(context: CanvasRenderingContext2D, size: L.Point, corner: L.Point) {
    const candidates = this.candidates().map((label) => ({
      ...label,
      xy: label.xy.map((v, i) => v - (i % 2 === 0 ? corner.x : corner.y)),
    }))
    const measure = (text: string, { font }: LabelStyle) => {
      context.font = font
      return context.measureText(text).width
    }
    const view = { width: size.x, height: size.y }
    return placeLabels(candidates, view, this.styleOf, measure, this.obstacles())
  }

  private readonly styleOf = (label: LabelCandidate): LabelStyle => {
    const base = STYLES[label.kind]
    const larger = label.kind === 'area' && label.rank < 3 ? 3 : 0
    const sizePx = (base.sizePx + larger) * this.enlarged
    return { ...base, sizePx, font: `${base.weight} ${sizePx}px ${FAMILY}` }
  }

  private follow(event: L.ZoomAnimEvent): void {
    if (this.canvas === null || this.bounds === null) return
    const map = this._map as ZoomingMap
    const scale = map.getZoomScale(event.zoom)
    const { min } = map._latLngBoundsToNewLayerBounds(this.bounds, event.zoom, event.center)
    if (min) L.DomUtil.setTransform(this.canvas, min, scale)
  }
}

function drawLabel(context: CanvasRenderingContext2D, placed: PlacedLabel): void {
  context.font = placed.style.font
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.lineJoin = 'round'
  context.lineWidth = 3.2
  context.strokeStyle = placed.style.halo
  context.fillStyle = placed.style.colour
  for (const paint of ['strokeText', 'fillText'] as const) {
    for (const glyph of placed.glyphs) {
      context.save()
      context.translate(glyph.x, glyph.y)
      context.rotate(glyph.angle)
      context[paint](glyph.text, 0, 0)
      context.restore()
    }
  }
}
