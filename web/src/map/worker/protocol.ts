/** Messages between the map and the worker that fetches, decodes, draws and hit-tests tiles. */

export type SourceName =
  | 'areas'
  | 'water'
  | 'roads'
  | 'buildings'
  | 'places'
  | 'grids'
  | 'temporary'

/** Which picture a tile is: the base map, or the grids over it. */
export type Sheet = 'base' | 'grids'

export interface Source {
  url: string
  minzoom: number
  maxzoom: number
}

export interface TileAddress {
  z: number
  x: number
  y: number
}

export interface GridPaint {
  /** Class of each grid by id; a grid that is missing here is drawn as `missing`. */
  classes: Map<number, number>
  fills: string[]
  missing: string
  fillOpacity: number
}

export interface LabelCandidate {
  kind: 'area' | 'place' | 'road' | 'water' | 'grid' | 'building' | 'temporary'
  text: string
  /** Smaller is placed first. */
  rank: number
  /** Pixels from the tile's north-west corner: a point, or a line of points x0,y0,x1,y1,… */
  xy: number[]
  id: number | null
  /** Area of the piece in square pixels, so that the largest piece of a cut shape is named. */
  weight: number
}

/** What is drawn with a heavier line. */
export interface Lit {
  hover: number | null
  selected: number | null
  /** The temporary grid that is selected. */
  temporary: number | null
}

export interface Hit {
  source: SourceName
  id: number | null
  properties: Record<string, string | number | boolean>
}

export type ToWorker =
  | { type: 'sources'; sources: Partial<Record<SourceName, Source>> }
  | { type: 'draw'; key: string; sheet: Sheet; tile: TileAddress; sizePx: number; dpr: number }
  | { type: 'drop'; key: string }
  | { type: 'paint'; paint: GridPaint }
  /** Other classes for some grids of the present paint. */
  | { type: 'recolour'; classes: Map<number, number> }
  | { type: 'highlight'; lit: Lit }
  /** Local time as `2026-03-01T08:00`: temporary grids out of their hours are left out then. */
  | { type: 'moment'; at: string | null }
  | { type: 'language'; english: boolean }
  | { type: 'visible'; hidden: SourceName[] }
  | {
      type: 'hit'
      request: number
      tile: TileAddress
      at: [x: number, y: number]
      source: SourceName
    }
  | {
      type: 'snap'
      request: number
      tile: TileAddress
      at: [x: number, y: number]
      /** How far a line may be, as a share of the tile's sides. */
      within: number
    }

export type FromWorker =
  | { type: 'tile'; key: string; bitmap: ImageBitmap; labels: LabelCandidate[] }
  | { type: 'failed'; key: string; source: SourceName; status: number }
  | { type: 'hit'; request: number; hit: Hit | null }
  | { type: 'snapped'; request: number; at: [x: number, y: number] | null }
