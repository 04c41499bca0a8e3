/** Plane geometry on rings of [lon, lat] corners, first corner not repeated at the end. */
import type { BBox, LonLat } from '@/map/leaflet'

export type Ring = readonly LonLat[]
/** Outer ring first, then holes. */
export type Rings = readonly Ring[]

/** Rings of a GeoJSON polygon: the closing corner, a repetition of the first, is left out. */
export function ringsOf(coordinates: readonly (readonly (readonly number[])[])[]): Rings {
  return coordinates.map((ring) =>
    ring.slice(0, -1).map((corner) => [corner[0] ?? 0, corner[1] ?? 0] as const),
  )
}

export function boxOf(rings: Rings): BBox {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [lon, lat] of rings[0] ?? []) {
    west = Math.min(west, lon)
    east = Math.max(east, lon)
    south = Math.min(south, lat)
    north = Math.max(north, lat)
  }
  return [west, south, east, north]
}

export function joinBoxes(boxes: Iterable<BBox>): BBox | null {
  let joined: BBox | null = null
  for (const [west, south, east, north] of boxes) {
    joined =
      joined === null
        ? [west, south, east, north]
        : [
            Math.min(joined[0], west),
            Math.min(joined[1], south),
            Math.max(joined[2], east),
            Math.max(joined[3], north),
          ]
  }
  return joined
}

export function inBox([west, south, east, north]: BBox, [lon, lat]: LonLat): boolean {
  return lon >= west && lon <= east && lat >= south && lat <= north
}

/** Even-odd rule over all rings, so that holes are outside. */
export function contains(rings: Rings, [lon, lat]: LonLat): boolean {
  let inside = false
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [xi, yi] = ring[i] as LonLat
      const [xj, yj] = ring[j] as LonLat
      if (yi > lat !== yj > lat && lon < ((xj - xi) * (lat - yi)) / (yj - yi) + xi) inside = !inside
    }
  }
  return inside
}

/** The point of the segment a–b that is nearest to p, all in one plane. */
export function nearestOn(
  p: readonly [number, number],
  a: readonly [number, number],
  b: readonly [number, number],
): [number, number] {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
  const length2 = dx * dx + dy * dy
  if (length2 === 0) return [a[0], a[1]]
  const share = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2
  const t = Math.min(1, Math.max(0, share))
  return [a[0] + dx * t, a[1] + dy * t]
}

export function distance(a: readonly [number, number], b: readonly [number, number]): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1])
}

/**
 * A point inside for a name: the middle of the widest horizontal run near the middle of the box,
 * so that it lies inside crescents and L-shapes too. `width` in degrees.
 */
export function nameplace(rings: Rings): { at: LonLat; width: number } | null {
  const [, south, , north] = boxOf(rings)
  let best: { at: LonLat; width: number } | null = null
  for (const share of [0.5, 0.4, 0.6, 0.3, 0.7]) {
    const run = widestRun(rings, south + (north - south) * share)
    if (run !== null && (best === null || run.width > best.width * 1.25)) best = run
  }
  return best
}

function widestRun(rings: Rings, lat: number): { at: LonLat; width: number } | null {
  const crossings: number[] = []
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [xi, yi] = ring[i] as LonLat
      const [xj, yj] = ring[j] as LonLat
      if (yi > lat !== yj > lat) crossings.push(xi + ((xj - xi) * (lat - yi)) / (yj - yi))
    }
  }
  crossings.sort((a, b) => a - b)
  let best: { at: LonLat; width: number } | null = null
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const [from, to] = [crossings[i] as number, crossings[i + 1] as number]
    if (best === null || to - from > best.width) {
      best = { at: [(from + to) / 2, lat], width: to - from }
    }
  }
  return best
}
