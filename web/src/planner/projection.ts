/** Web Mercator in pixels of the world at a zoom, without an object for each position. */
import type { LonLat } from '@/map/leaflet'

const TILE_PX = 256

export interface Projection {
  toPx: (position: LonLat) => [number, number]
  fromPx: (px: readonly [number, number]) => LonLat
}

/** Pixels from `origin`, which is in pixels of the world too. */
export function projectionAt(zoom: number, origin: readonly [number, number]): Projection {
  const world = TILE_PX * 2 ** zoom
  return {
    toPx([lon, lat]) {
      const sine = Math.sin((lat * Math.PI) / 180)
      const y = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)
      return [((lon + 180) / 360) * world - origin[0], y * world - origin[1]]
    },
    fromPx([x, y]) {
      const lon = ((x + origin[0]) / world) * 360 - 180
      const angle = Math.PI - (2 * Math.PI * (y + origin[1])) / world
      return [lon, (180 / Math.PI) * Math.atan(Math.sinh(angle))]
    },
  }
}
