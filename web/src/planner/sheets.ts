/**
 * Drawings and scans under a draft: which there are, which are shown, and the one that is being
 * placed by control points. One for each open editor.
 */
import { shallowReactive, type WatchStopHandle, watch } from 'vue'
import { ask, operation } from '@/api/ask'
import { ApiProblem, offline, problemOf } from '@/api/problem'
import {
  addBackdrop,
  type Backdrop,
  type PlacedPoint,
  type PlanBackdrops,
  placeBackdrop,
  backdrops as readBackdrops,
  type SystemChoice,
  takeBackdrop,
} from '@/client'
import { type BBox, L, type LonLat, toBounds, toLatLng } from '@/map/leaflet'
import { DrawingLayer } from './drawing'

export type FitKind = 'similarity' | 'affine'
export const LEAST_POINTS: Record<FitKind, number> = { similarity: 2, affine: 3 }
const PANE = 'sheets'
const MARKS = 'sheet-marks'

/** A sheet that is being placed; `waiting` has its place on the sheet and none on the map yet. */
export interface Placing {
  sheet: Backdrop
  fit: FitKind
  points: readonly PlacedPoint[]
  waiting: { x: number; y: number } | null
}

type Shown = L.ImageOverlay | DrawingLayer

export class Sheets {
  readonly state = shallowReactive({
    list: [] as readonly Backdrop[],
    systems: [] as readonly SystemChoice[],
    hidden: new Set<string>() as ReadonlySet<string>,
    opacity: 0.8,
    loading: false,
    problem: null as ApiProblem | null,
    placing: null as Placing | null,
  })
  private map: L.Map | null = null
  private readonly layers = new Map<string, { url: string; layer: Shown | null }>()
  private readonly marks = L.layerGroup()
  private readonly stops: WatchStopHandle[] = []

  constructor(private readonly planId: number) {}

  attach(map: L.Map): void {
    this.map = map
    for (const [name, order] of [
      [PANE, '245'],
      [MARKS, '640'],
    ] as const) {
      const pane = map.createPane(name)
      pane.style.zIndex = order
      pane.style.pointerEvents = 'none'
    }
    this.marks.addTo(map)
    const { state } = this
    this.stops.push(
      watch([() => state.list, () => state.hidden], () => this.draw(), { immediate: true }),
      watch(
        () => state.opacity,
        (opacity) => {
          for (const { layer } of this.layers.values()) layer?.setOpacity(opacity)
        },
      ),
      watch(
        () => state.placing,
        () => this.mark(),
      ),
    )
  }

  async load(): Promise<void> {
    this.state.loading = true
    this.state.problem = null
    try {
      this.take(await ask(readBackdrops({ path: { plan_id: this.planId } })))
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      this.state.problem = error
    } finally {
      this.state.loading = false
    }
  }

  /** Sends a file; a sheet that does not know its place is then to be placed. */
  async add(
    file: File,
    id: string,
    more: { system?: string; page?: number },
  ): Promise<Backdrop | undefined> {
    const known = new Set(this.state.list.map((sheet) => sheet.id))
    const body = { file, ...more }
    const path = { plan_id: this.planId }
    this.take(await ask(addBackdrop({ path, body, headers: operation(id) })))
    const added = this.state.list.find((sheet) => !known.has(sheet.id))
    if (added === undefined) return undefined
    if (added.bbox === null) this.beginPlacing(added)
    else this.show(added)
    return added
  }

  async remove(sheet: Backdrop, id: string): Promise<void> {
    const path = { plan_id: this.planId, backdrop_id: sheet.id }
    this.take(await ask(takeBackdrop({ path, headers: operation(id) })))
    if (this.state.placing?.sheet.id === sheet.id) this.state.placing = null
  }

  /** Places the sheet by its points; they stay, so that they can be mended. */
  async place(id: string): Promise<void> {
    const { placing } = this.state
    if (placing === null) return
    const path = { plan_id: this.planId, backdrop_id: placing.sheet.id }
    const body = { fit: placing.fit, points: [...placing.points] }
    this.take(await ask(placeBackdrop({ path, body, headers: operation(id) })))
    const sheet = this.state.list.find((now) => now.id === placing.sheet.id)
    if (sheet !== undefined) {
      this.state.placing = { ...placing, sheet, waiting: null }
      this.show(sheet)
    }
  }

  beginPlacing(sheet: Backdrop): void {
    const points = (sheet.placed?.points ?? []).map(({ x, y, lon, lat }) => ({ x, y, lon, lat }))
    this.state.placing = { sheet, fit: sheet.placed?.fit ?? 'similarity', points, waiting: null }
  }

  endPlacing(): void {
    this.state.placing = null
  }

  change(changes: Partial<Placing>): void {
    if (this.state.placing !== null) this.state.placing = { ...this.state.placing, ...changes }
  }

  /** A place on the map was pointed at: it belongs to the one that waits on the sheet. */
  point([lon, lat]: LonLat): void {
    const { placing } = this.state
    if (placing?.waiting == null) return
    this.change({ points: [...placing.points, { ...placing.waiting, lon, lat }], waiting: null })
  }

  setShown(id: string, shown: boolean): void {
    const hidden = new Set(this.state.hidden)
    if (shown) hidden.delete(id)
    else hidden.add(id)
    this.state.hidden = hidden
  }

  show({ id, bbox }: Backdrop): void {
    this.setShown(id, true)
    if (bbox !== null) this.map?.fitBounds(toBounds(bbox as unknown as BBox))
  }

  close(): void {
    for (const stop of this.stops) stop()
    this.map = null
  }

  private take(now: PlanBackdrops): void {
    this.state.list = now.backdrops
    this.state.systems = now.systems
  }

  private draw(): void {
    const wanted = new Map(
      this.state.list.flatMap((sheet) =>
        sheet.shown_url === null || this.state.hidden.has(sheet.id) ? [] : [[sheet.id, sheet]],
      ),
    )
    for (const [id, { url, layer }] of this.layers) {
      if (wanted.get(id)?.shown_url === url) continue
      layer?.remove()
      this.layers.delete(id)
    }
    for (const sheet of wanted.values()) {
      if (!this.layers.has(sheet.id)) void this.lay(sheet)
    }
  }

  private async lay({ id, kind, shown_url: url, bbox }: Backdrop): Promise<void> {
    if (url === null || bbox === null) return
    this.layers.set(id, { url, layer: null })
    const { opacity } = this.state
    let layer: Shown
    if (kind === 'scan') {
      layer = L.imageOverlay(url, toBounds(bbox as unknown as BBox), { pane: PANE, opacity })
    } else {
      try {
        layer = new DrawingLayer(await fetchDrawing(url), PANE, opacity)
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error
        this.layers.delete(id)
        this.state.problem = error
        return
      }
    }
    const now = this.layers.get(id)
    // Hidden, placed anew or closed while the drawing was on its way.
    if (this.map === null || now?.url !== url) return
    layer.setOpacity(this.state.opacity)
    layer.addTo(this.map)
    this.layers.set(id, { url, layer })
  }

  private mark(): void {
    this.marks.clearLayers()
    for (const [i, { lon, lat }] of (this.state.placing?.points ?? []).entries()) {
      const icon = L.divIcon({ className: 'sheet-mark', html: String(i + 1), iconSize: [22, 22] })
      const options = { pane: MARKS, icon, interactive: false, keyboard: false }
      this.marks.addLayer(L.marker(toLatLng([lon, lat]), options))
    }
  }
}

async function fetchDrawing(url: string) {
  let response: Response
  try {
    response = await fetch(url, { credentials: 'same-origin' })
  } catch {
    throw offline()
  }
  if (!response.ok) throw problemOf(response.status, await response.json().catch(() => null))
  return response.json()
}
