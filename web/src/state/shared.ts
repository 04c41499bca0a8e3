/** Small things that panels and map share while someone is working. */
import { reactive, shallowReactive } from 'vue'
import type { ApiProblem } from '@/api/problem'
import type { Category, Density, HotspotItem, Track } from '@/api/types'
import type { BBox, LonLat } from '@/map/leaflet'
import type { Hit } from '@/map/worker/protocol'

/** Picking a place on the map: for a report, or to correct a case. */
export const picking = reactive({
  wanted: false,
  position: null as LonLat | null,
})

export function startPicking(position: LonLat | null): void {
  picking.wanted = true
  picking.position = position
}

export function stopPicking(): void {
  picking.wanted = false
  picking.position = null
}

/** Drawing an outline on the map: corners in order, without the first one again. */
export const outline = reactive({
  wanted: false,
  corners: [] as LonLat[],
  /** Whether new corners come to lie on boundaries and roads that are near. */
  snap: true,
  /** A line from the first corner to the last, rather than a face. */
  open: false,
  /** Which part of a form it is drawn for; several may want one. */
  purpose: '',
})

export function startOutline(purpose = '', open = false): void {
  outline.wanted = true
  outline.corners = []
  outline.purpose = purpose
  outline.open = open
}

export function stopOutline(): void {
  outline.wanted = false
  outline.corners = []
}

/** Grows when temporary grids were drawn or ended here, so that map and lists look again. */
export const temporary = reactive({ version: 0 })

/** Where the map should go next; the map view watches it. */
export const focus = shallowReactive({
  box: null as BBox | null,
  point: null as { position: LonLat; zoom: number } | null,
})

export function goToBox(box: BBox): void {
  focus.box = [...box] as unknown as BBox
}

export function goToPoint(position: LonLat, zoom = 17): void {
  focus.point = { position, zoom }
}

/** Where the open card's case or grid lies: the map shows it even when no layer does. */
export const standing = shallowReactive({
  position: null as LonLat | null,
  box: null as BBox | null,
  /** A line or an area (GeoJSON) where the case is no point. */
  shape: null as { [name: string]: unknown } | null,
})

/** The address that was looked for and chosen, with a pin on the map. */
export const foundPlace = shallowReactive({
  place: null as { position: LonLat; label: string; precisionM: number } | null,
})

/** What the hotspot panel has loaded for the map to draw. */
export const hotspots = shallowReactive({
  items: [] as HotspotItem[],
  density: null as Density | null,
  chosen: null as HotspotItem | null,
})

/** The track the map draws. */
export const shown = shallowReactive({ track: null as Track | null })

/** What the layer of streets says about itself; a higher version has it look again. */
export const streetNotes = shallowReactive({
  capped: false,
  version: 0,
  problem: null as ApiProblem | null,
})

/** The grid under the pointer. */
export const hover = shallowReactive({
  hit: null as Hit | null,
  /** The temporary grid that lies over it there. */
  over: null as Hit | null,
  x: 0,
  y: 0,
})

/** The list of categories, loaded once after sign-in. */
export const lists = shallowReactive({ categories: [] as Category[] })

/** Things the map says about itself. */
export const mapNotices = reactive({
  tilesFailed: false,
  zoom: 14,
  truncated: 0,
  attributions: [] as string[],
})
