/** Fetches and decodes vector tiles, each once, and keeps the most recent ones. */
import { VectorTile } from '@mapbox/vector-tile'
import Pbf from 'pbf'
import type { Source, SourceName, TileAddress } from './protocol'

export interface Feature {
  id: number | null
  /** 1 point, 2 line, 3 polygon (as in the vector tile specification). */
  type: 1 | 2 | 3
  properties: Record<string, string | number | boolean>
  /** Flat x0,y0,x1,y1,… per ring or line, in units of the tile's extent. */
  parts: Float32Array[]
  /** min x, min y, max x, max y in units of the extent. */
  box: [number, number, number, number]
  path: Path2D | null
}

export interface DecodedTile {
  extent: number
  features: Feature[]
}

export class TileError extends Error {
  constructor(
    readonly source: SourceName,
    readonly status: number,
  ) {
    super(`tile of ${source}: ${status}`)
  }
}

/** Tiles that need no network; null: this one is not among them. */
export interface Archive {
  names: ReadonlySet<SourceName>
  read: (tile: TileAddress) => Promise<ArrayBuffer | null>
}

const KEPT_TILES = 900
const EMPTY: DecodedTile = { extent: 4096, features: [] }

export class TileCache {
  private readonly tiles = new Map<string, Promise<DecodedTile>>()
  private sources: Partial<Record<SourceName, Source>> = {}
  private archive: Archive | null = null

  /** Takes tiles from here first; what was read before is forgotten. */
  setArchive(archive: Archive | null): void {
    this.archive = archive
    this.tiles.clear()
  }

  setSources(sources: Partial<Record<SourceName, Source>>): void {
    // What comes from where it came from before stays: only the day of the grids may have changed.
    const changed = (name: string) =>
      sources[name as SourceName]?.url !== this.sources[name as SourceName]?.url
    for (const key of [...this.tiles.keys()]) {
      if (changed(key.slice(0, key.indexOf('/')))) this.tiles.delete(key)
    }
    this.sources = sources
  }

  source(name: SourceName): Source | undefined {
    return this.sources[name]
  }

  /** A tile's features, or none where the source has no tiles at that zoom. */
  get(name: SourceName, tile: TileAddress): Promise<DecodedTile> {
    const source = this.sources[name]
    if (source === undefined || tile.z < source.minzoom) return Promise.resolve(EMPTY)
    const key = `${name}/${tile.z}/${tile.x}/${tile.y}`
    const kept = this.tiles.get(key)
    if (kept !== undefined) {
      this.tiles.delete(key)
      this.tiles.set(key, kept)
      return kept
    }
    const loading = this.load(name, source, tile)
    this.tiles.set(key, loading)
    // A failed tile must be asked for again, not remembered.
    loading.catch(() => {
      if (this.tiles.get(key) === loading) this.tiles.delete(key)
    })
    this.trim()
    return loading
  }

  private async load(name: SourceName, source: Source, tile: TileAddress): Promise<DecodedTile> {
    const held = this.archive?.names.has(name) ? await this.archive.read(tile) : null
    return held === null ? fetched(name, source, tile) : decode(held, name)
  }

  private trim(): void {
    for (const key of this.tiles.keys()) {
      if (this.tiles.size <= KEPT_TILES) return
      this.tiles.delete(key)
    }
  }
}

async function fetched(name: SourceName, source: Source, tile: TileAddress): Promise<DecodedTile> {
  // Known from an archive alone.
  if (source.url === '') throw new TileError(name, 0)
  const url = source.url
    .replace('{z}', String(tile.z))
    .replace('{x}', String(tile.x))
    .replace('{y}', String(tile.y))
  const response = await fetch(url, { credentials: 'same-origin' }).catch(() => {
    throw new TileError(name, 0)
  })
  if (response.status === 204 || response.status === 404) return EMPTY
  if (!response.ok) throw new TileError(name, response.status)
  return decode(await response.arrayBuffer(), name)
}

/** Decodes one layer of a Mapbox vector tile into flat coordinate arrays. */
export function decode(bytes: ArrayBuffer, layerName: string): DecodedTile {
  if (bytes.byteLength === 0) return EMPTY
  const layer = new VectorTile(new Pbf(new Uint8Array(bytes))).layers[layerName]
  if (layer === undefined) return EMPTY
  const features: Feature[] = []
  for (let index = 0; index < layer.length; index++) {
    const raw = layer.feature(index)
    if (raw.type !== 1 && raw.type !== 2 && raw.type !== 3) continue
    const box: Feature['box'] = [Infinity, Infinity, -Infinity, -Infinity]
    const parts = raw.loadGeometry().map((ring) => flatten(ring, box))
    features.push({
      id: raw.id ?? null,
      type: raw.type,
      properties: raw.properties,
      parts,
      box,
      path: null,
    })
  }
  return { extent: layer.extent, features }
}

function flatten(ring: { x: number; y: number }[], box: Feature['box']): Float32Array {
  const flat = new Float32Array(ring.length * 2)
  ring.forEach(({ x, y }, index) => {
    flat[index * 2] = x
    flat[index * 2 + 1] = y
    box[0] = Math.min(box[0], x)
    box[1] = Math.min(box[1], y)
    box[2] = Math.max(box[2], x)
    box[3] = Math.max(box[3], y)
  })
  return flat
}

/** The feature's outline in extent units, built once and drawn many times. */
export function pathOf(feature: Feature): Path2D {
  if (feature.path !== null) return feature.path
  const path = new Path2D()
  for (const part of feature.parts) {
    path.moveTo(part[0] ?? 0, part[1] ?? 0)
    for (let i = 2; i < part.length; i += 2) path.lineTo(part[i] ?? 0, part[i + 1] ?? 0)
    if (feature.type === 3) path.closePath()
  }
  feature.path = path
  return path
}
