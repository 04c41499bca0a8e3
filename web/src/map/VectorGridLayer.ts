/** A Leaflet grid layer whose tiles are drawn by the tile worker. */
import { L } from './leaflet'
import type { TileWorker } from './tileWorker'
import type { LabelCandidate, Sheet, TileAddress } from './worker/protocol'

/** Pixels of a tile on screen: 512 px tiles need a quarter of the requests of 256 px ones. */
export const TILE_PX = 512

interface Held {
  coords: L.Coords
  labels: LabelCandidate[]
}

let layers = 0

export class VectorGridLayer extends L.GridLayer {
  private readonly held = new Map<string, Held>()
  private readonly serial = ++layers

  constructor(
    private readonly tileWorker: TileWorker,
    private readonly sheet: Sheet,
    private readonly onLabels: () => void,
    options: L.GridLayerOptions,
  ) {
    super({ tileSize: TILE_PX, keepBuffer: 1, updateWhenZooming: false, ...options })
    this.on('tileunload', (event) => this.forget((event as L.TileEvent).coords))
  }

  override createTile(coords: L.Coords, done: L.DoneCallback): HTMLElement {
    const element = document.createElement('canvas')
    const dpr = Math.min(2, window.devicePixelRatio || 1)
    element.width = element.height = TILE_PX * dpr
    const context = element.getContext('bitmaprenderer')
    const key = this.key(coords)
    const held: Held = { coords, labels: [] }
    this.held.set(key, held)
    let first = true
    this.tileWorker.draw(
      { type: 'draw', key, sheet: this.sheet, tile: toTile(coords), sizePx: TILE_PX, dpr },
      (drawn) => {
        if (drawn !== null) {
          context?.transferFromImageBitmap(drawn.bitmap)
          held.labels = drawn.labels
          this.onLabels()
        }
        if (first) done(drawn === null ? new Error('tile not fetched') : undefined, element)
        first = false
      },
    )
    return element
  }

  /** Labels of the tiles at the map's zoom, in pixels of the map's layer points. */
  labels(): LabelCandidate[] {
    const map = this._map
    if (!map) return []
    const zoom = map.getZoom()
    const origin = map.getPixelOrigin()
    const found: LabelCandidate[] = []
    for (const { coords, labels } of this.held.values()) {
      if (coords.z !== zoom) continue
      const dx = coords.x * TILE_PX - origin.x
      const dy = coords.y * TILE_PX - origin.y
      for (const label of labels) {
        found.push({ ...label, xy: label.xy.map((v, i) => v + (i % 2 === 0 ? dx : dy)) })
      }
    }
    return found
  }

  private key(coords: L.Coords): string {
    return `${this.serial}:${coords.z}/${coords.x}/${coords.y}`
  }

  private forget(coords: L.Coords): void {
    const key = this.key(coords)
    this.held.delete(key)
    this.tileWorker.drop(key)
  }
}

/** 512 px tiles are one zoom level up from the map's own. */
function toTile(coords: L.Coords): TileAddress {
  return { z: coords.z - 1, x: coords.x, y: coords.y }
}

/** The tile under a position and the position in it, as shares 0..1 of the tile's sides. */
export function tileAt(
  map: L.Map,
  position: L.LatLng,
): { tile: TileAddress; at: [number, number] } {
  const point = map.project(position, map.getZoom()).divideBy(TILE_PX)
  const x = Math.floor(point.x)
  const y = Math.floor(point.y)
  return { tile: { z: map.getZoom() - 1, x, y }, at: [point.x - x, point.y - y] }
}
