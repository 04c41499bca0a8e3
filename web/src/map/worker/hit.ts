/** Point in polygon on decoded tiles, so that a click finds its grid without the server. */
import type { DecodedTile, Feature } from './tiles'

/** Even-odd rule over all rings; `x`, `y` in units of the tile's extent. */
export function contains(feature: Feature, x: number, y: number): boolean {
  const [west, north, east, south] = feature.box
  if (feature.type !== 3 || x < west || x > east || y < north || y > south) return false
  let inside = false
  for (const ring of feature.parts) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      const xi = ring[i] ?? 0
      const yi = ring[i + 1] ?? 0
      const xj = ring[j] ?? 0
      const yj = ring[j + 1] ?? 0
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside
    }
  }
  return inside
}

/** The point of the features' lines nearest to a position, in units of the extent, or null. */
export function nearestOnLines(
  features: readonly Feature[],
  x: number,
  y: number,
  within: number,
): { x: number; y: number; distance: number } | null {
  let best: { x: number; y: number; distance: number } | null = null
  for (const feature of features) {
    const [west, north, east, south] = feature.box
    const apart = x < west - within || x > east + within || y < north - within || y > south + within
    if (feature.type === 1 || apart) continue
    for (const part of feature.parts) {
      for (let i = 2; i < part.length; i += 2) {
        const [ax, ay] = [part[i - 2] ?? 0, part[i - 1] ?? 0]
        const [dx, dy] = [(part[i] ?? 0) - ax, (part[i + 1] ?? 0) - ay]
        const length2 = dx * dx + dy * dy
        const along = length2 === 0 ? 0 : ((x - ax) * dx + (y - ay) * dy) / length2
        const share = Math.min(1, Math.max(0, along))
        const at = { x: ax + share * dx, y: ay + share * dy }
        const distance = Math.hypot(at.x - x, at.y - y)
        if (distance <= within && (best === null || distance < best.distance)) {
          best = { ...at, distance }
        }
      }
    }
  }
  return best
}

export function featureAt(tile: DecodedTile, x: number, y: number): Feature | null {
  return tile.features.find((feature) => contains(feature, x, y)) ?? null
}

/**
 * A point inside a polygon piece for its label: the middle of the widest horizontal run
 * near the middle of the box, so that it stays inside crescents and L-shapes.
 */
export function labelPoint(feature: Feature): { x: number; y: number; width: number } | null {
  const [, north, , south] = feature.box
  let best: { x: number; y: number; width: number } | null = null
  for (const share of [0.5, 0.4, 0.6, 0.3, 0.7]) {
    const y = north + (south - north) * share + 0.013
    const run = widestRun(feature, y)
    if (run !== null && (best === null || run.width > best.width * 1.25)) best = run
  }
  return best
}

/** The middle of the widest run across a shape at a share of its height. */
export function runAt(
  feature: Feature,
  share: number,
): { x: number; y: number; width: number } | null {
  const [, north, , south] = feature.box
  return widestRun(feature, north + (south - north) * share + 0.013)
}

function widestRun(feature: Feature, y: number) {
  const crossings: number[] = []
  for (const ring of feature.parts) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      const yi = ring[i + 1] ?? 0
      const yj = ring[j + 1] ?? 0
      if (yi > y === yj > y) continue
      const xi = ring[i] ?? 0
      crossings.push(xi + (((ring[j] ?? 0) - xi) * (y - yi)) / (yj - yi))
    }
  }
  crossings.sort((a, b) => a - b)
  let best: { x: number; y: number; width: number } | null = null
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const width = (crossings[i + 1] ?? 0) - (crossings[i] ?? 0)
    if (best === null || width > best.width) best = { x: (crossings[i] ?? 0) + width / 2, y, width }
  }
  return best
}
