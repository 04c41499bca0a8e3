/** Where each tile layer comes from, as its TileJSON says. */
import { ask } from '@/api/ask'
import { tilejson } from '@/client'
import type { Source, SourceName } from './worker/protocol'

interface TileJson {
  tiles: string[]
  minzoom?: number
  maxzoom?: number
  /** Whose data it is, where its licence asks for that to be shown. */
  attribution?: string | null
}

const NAMES: SourceName[] = ['areas', 'water', 'roads', 'buildings', 'places', 'grids', 'temporary']

/** Of these another day shows something else. */
const DATED: SourceName[] = ['grids', 'temporary']

export type Sources = Partial<Record<SourceName, Source>>

export interface Described {
  sources: Sources
  attributions: string[]
}

/** Where tiles come from; `on` is the day the grids are shown as of, null for today. */
export async function loadSources(on: string | null = null): Promise<Described> {
  const loaded = await Promise.all(
    NAMES.map(async (name) => {
      const query = on !== null && DATED.includes(name) ? { on } : {}
      const described = await ask(tilejson({ path: { layer_name: name }, query }))
      return [name, described as unknown as TileJson] as const
    }),
  )
  const sources: Sources = {}
  for (const [name, { tiles, minzoom, maxzoom }] of loaded) {
    const url = tiles[0]
    if (url === undefined) continue
    // Resolved here: a worker has another base address. The braces must stay as they are.
    const absolute = new URL(url, window.location.href).href
    sources[name] = {
      url: absolute.replace(/%7B/gi, '{').replace(/%7D/gi, '}'),
      minzoom: minzoom ?? 0,
      maxzoom: maxzoom ?? 16,
    }
  }
  const attributions = loaded.flatMap(([, { attribution }]) => (attribution ? [attribution] : []))
  return { sources, attributions: [...new Set(attributions)] }
}
