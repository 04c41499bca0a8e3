/** The map itself: base map, grids, names; other layers are put on `map`. */
import { LabelLayer } from './LabelLayer'
import { type BBox, L, type LonLat, toBounds, toLatLng, toLonLat } from './leaflet'
import type { Box } from './placement'
import type { Sources } from './sources'
import { TileWorker } from './tileWorker'
import { TILE_PX, tileAt, VectorGridLayer } from './VectorGridLayer'
import type { GridPaint, Hit, Lit, SourceName } from './worker/protocol'

export interface TownMapEvents {
  /** `free`: Alt was held. */
  click: (position: LonLat, free: boolean) => void
  moved: (at: { lon: number; lat: number; zoom: number }) => void
  /** The grid under the pointer, and the temporary one over it. */
  hover: (hit: Hit | null, atPx: { x: number; y: number }, over: Hit | null) => void
  failed: (status: number) => void
  /** Whether tiles of what is on screen are still on their way. */
  busy: (busy: boolean) => void
}

/** Pane names and their place in the stack, between Leaflet's tiles (200) and markers (600). */
const PANES: Record<string, number> = {
  grids: 250,
  hotspots: 320,
  streets: 420,
  tracks: 430,
  labels: 450,
}

export class TownMap {
  readonly map: L.Map
  private readonly base: VectorGridLayer
  private readonly grids: VectorGridLayer
  private readonly labels: LabelLayer
  private sources = ''
  private painted: GridPaint | null = null
  private lit: Lit = { hover: null, selected: null, temporary: null }
  private hoverWaiting = 0

  constructor(
    element: HTMLElement,
    private readonly events: TownMapEvents,
    private readonly worker = new TileWorker(),
  ) {
    this.map = L.map(element, {
      zoomControl: false,
      attributionControl: false,
      minZoom: 8,
      maxZoom: 19,
      zoomAnimation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    })
    for (const [name, order] of Object.entries(PANES)) {
      const pane = this.map.createPane(name)
      pane.style.zIndex = String(order)
      pane.style.pointerEvents = 'none'
    }
    const onLabels = () => this.labels.refresh()
    this.base = new VectorGridLayer(this.worker, 'base', onLabels, { pane: 'tilePane' })
    this.grids = new VectorGridLayer(this.worker, 'grids', onLabels, { pane: 'grids' })
    this.labels = new LabelLayer(() => [...this.base.labels(), ...this.grids.labels()])
    L.control.scale({ imperial: false, position: 'bottomleft', maxWidth: 120 }).addTo(this.map)
    this.worker.onFailure = (_source, status) => this.events.failed(status)
    this.listen()
  }

  /**
   * Shows a position first, or home in what no panel covers, then adds the layers, so that nothing
   * is asked for elsewhere.
   */
  open(
    at: { lon: number; lat: number; zoom: number } | null,
    home: BBox,
    covered = { rightPx: 0, bottomPx: 0 },
  ): void {
    if (at !== null) this.map.setView(toLatLng([at.lon, at.lat]), at.zoom, { animate: false })
    else if (covered.bottomPx > 0) this.showBox(home, covered, false)
    else this.map.setView(toBounds(home).getCenter(), this.homeZoom(home), { animate: false })
    this.base.addTo(this.map)
    this.grids.addTo(this.map)
    this.labels.addTo(this.map)
  }

  setSources(sources: Sources): void {
    const text = JSON.stringify(sources)
    if (text === this.sources) return
    this.sources = text
    this.worker.send({ type: 'sources', sources })
  }

  /** Colours the grids on screen again; no tile is fetched for it. */
  paint(paint: GridPaint): void {
    if (paint === this.painted) return
    this.painted = paint
    this.worker.send({ type: 'paint', paint })
  }

  /** Gives some grids another class: only tiles that show one of them are drawn again. */
  recolour(classes: ReadonlyMap<number, number>): void {
    this.worker.send({ type: 'recolour', classes: new Map(classes) })
  }

  hide(names: SourceName[]): void {
    this.worker.send({ type: 'visible', hidden: names })
  }

  english(on: boolean): void {
    this.worker.send({ type: 'language', english: on })
  }

  /** Names keep clear of these boxes (pixels of the map's container); ask again after a change. */
  keepClear(boxes: () => Box[]): void {
    this.labels.obstacles = boxes
  }

  placeNames(): void {
    this.labels.refresh()
  }

  enlarge(times: number): void {
    this.labels.enlarge(times)
  }

  /** Marks a grid, or a temporary one. */
  select(gridId: number | null, temporaryId: number | null = null): void {
    this.light({ ...this.lit, selected: gridId, temporary: temporaryId })
  }

  /** Leaves temporary grids out that are not under way at this local time; null: none. */
  at(moment: string | null): void {
    this.worker.send({ type: 'moment', at: moment })
  }

  gridAt(position: LonLat): Promise<Hit | null> {
    return this.hitOf('grids', position)
  }

  temporaryAt(position: LonLat): Promise<Hit | null> {
    return this.hitOf('temporary', position)
  }

  private hitOf(source: SourceName, position: LonLat): Promise<Hit | null> {
    const { tile, at } = tileAt(this.map, toLatLng(position))
    return this.worker.hit(source, tile, at)
  }

  /** The nearest point on a boundary or a road within some pixels, or the position itself. */
  async snapped(position: LonLat, withinPx: number): Promise<LonLat> {
    const { tile, at } = tileAt(this.map, toLatLng(position))
    const found = await this.worker.snap(tile, at, withinPx / TILE_PX)
    if (found === null) return position
    const point = L.point(tile.x + found[0], tile.y + found[1]).multiplyBy(TILE_PX)
    return toLonLat(this.map.unproject(point, tile.z + 1))
  }

  /** Brings a box into the part of the map that no panel covers. */
  showBox(box: BBox, covered: { rightPx: number; bottomPx: number }, animate = true): void {
    this.map.fitBounds(toBounds(box), {
      paddingTopLeft: [30, 70],
      paddingBottomRight: [30 + covered.rightPx, 30 + covered.bottomPx],
      maxZoom: 17,
      animate,
    })
  }

  /** Moves only when the box is not on screen already, or is hidden by the panel. */
  bringIntoView(box: BBox, covered: { rightPx: number; bottomPx: number }): void {
    const bounds = toBounds(box)
    const size = this.map.getSize()
    const seen = L.latLngBounds(
      this.map.containerPointToLatLng([0, 0]),
      this.map.containerPointToLatLng([size.x - covered.rightPx, size.y - covered.bottomPx]),
    )
    if (!seen.contains(bounds.getCenter())) this.showBox(box, covered)
  }

  showPoint(position: LonLat, zoom: number, covered: { rightPx: number; bottomPx: number }): void {
    const target = Math.max(zoom, this.map.getZoom())
    const shift = L.point(covered.rightPx / 2, covered.bottomPx / 2)
    const centre = this.map.unproject(
      this.map.project(toLatLng(position), target).add(shift),
      target,
    )
    this.map.setView(centre, target)
  }

  /** The zoom that fits a box, or the next one when only a little of the box sticks out there. */
  private homeZoom(home: BBox): number {
    const bounds = toBounds(home)
    const zoom = this.map.getBoundsZoom(bounds)
    const size = this.map.getSize()
    const corners = [bounds.getNorthWest(), bounds.getSouthEast()] as const
    const [a, b] = corners.map((corner) => this.map.project(corner, zoom + 1))
    if (a === undefined || b === undefined) return zoom
    return b.x - a.x < size.x * 1.06 && b.y - a.y < size.y * 1.06 ? zoom + 1 : zoom
  }

  close(): void {
    cancelAnimationFrame(this.hoverWaiting)
    this.map.remove()
    this.worker.close()
  }

  private listen(): void {
    this.map.on('click', (event) =>
      this.events.click(toLonLat(event.latlng), event.originalEvent.altKey),
    )
    this.map.on('moveend', () => {
      const [lon, lat] = toLonLat(this.map.getCenter())
      this.events.moved({ lon, lat, zoom: this.map.getZoom() })
    })
    for (const layer of [this.base, this.grids]) {
      layer.on('loading load', () =>
        this.events.busy(this.base.isLoading() || this.grids.isLoading()),
      )
    }
    // A finger does not hover: the outline under it would stay behind.
    if (!matchMedia('(hover: hover)').matches) return
    this.map.on('mousemove', (event) => this.hoverAt(event))
    this.map.on('mouseout movestart', () => {
      cancelAnimationFrame(this.hoverWaiting)
      this.hovered(null, { x: 0, y: 0 }, null)
    })
  }

  private hoverAt(event: L.LeafletMouseEvent): void {
    cancelAnimationFrame(this.hoverWaiting)
    this.hoverWaiting = requestAnimationFrame(() => {
      const { x, y } = event.containerPoint
      const position = toLonLat(event.latlng)
      void Promise.all([this.gridAt(position), this.temporaryAt(position)]).then(([hit, over]) =>
        this.hovered(hit, { x, y }, over),
      )
    })
  }

  private hovered(hit: Hit | null, atPx: { x: number; y: number }, over: Hit | null): void {
    this.light({ ...this.lit, hover: hit?.id ?? null })
    this.events.hover(hit, atPx, over)
  }

  private light(next: Lit): void {
    const { hover, selected, temporary } = this.lit
    if (next.hover === hover && next.selected === selected && next.temporary === temporary) return
    this.lit = next
    this.worker.send({ type: 'highlight', lit: next })
  }
}
