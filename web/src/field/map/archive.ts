/** Reads the map taken along: a PMTiles file in memory. */
import { PMTiles, type RangeResponse, type Source } from 'pmtiles'
import type { SourceName, TileAddress } from '@/map/worker/protocol'
import type { Archive } from '@/map/worker/tiles'
import type { Sources } from './protocol'

/** Layers lie together in a tile, and are asked for one after another. */
const KEPT_TILES = 64

class Bytes implements Source {
  constructor(private readonly bytes: ArrayBuffer) {}

  getKey(): string {
    return 'map'
  }

  getBytes(offset: number, length: number): Promise<RangeResponse> {
    return Promise.resolve({ data: this.bytes.slice(offset, offset + length) })
  }
}

export interface OpenArchive extends Archive {
  /** Where tiles come from, no finer than they are in the archive: what lies beside it fits. */
  over: (sources: Sources) => Sources
  attribution: string | null
}

interface Told {
  attribution?: string
  vector_layers: { id: SourceName; minzoom: number }[]
}

export async function openArchive(bytes: ArrayBuffer): Promise<OpenArchive> {
  const file = new PMTiles(new Bytes(bytes))
  const { maxZoom } = await file.getHeader()
  const told = (await file.getMetadata()) as Told
  const kept = new Map<string, Promise<ArrayBuffer | null>>()

  function read({ z, x, y }: TileAddress): Promise<ArrayBuffer | null> {
    const key = `${z}/${x}/${y}`
    const held = kept.get(key) ?? file.getZxy(z, x, y).then((tile) => tile?.data ?? null)
    kept.delete(key)
    kept.set(key, held)
    const oldest = kept.keys().next()
    if (kept.size > KEPT_TILES && !oldest.done) kept.delete(oldest.value)
    return held
  }

  function over(sources: Sources): Sources {
    const found: Sources = {}
    for (const { id, minzoom } of told.vector_layers) {
      found[id] = { url: sources[id]?.url ?? '', minzoom, maxzoom: maxZoom }
    }
    return found
  }

  return {
    names: new Set(told.vector_layers.map(({ id }) => id)),
    read,
    over,
    attribution: told.attribution ?? null,
  }
}
