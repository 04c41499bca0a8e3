/** Snapping to roads: the nearest point of a line within some pixels. */
import type { LonLat } from '@/map/leaflet'
import { distance, nearestOn } from './geometry'
import type { Projection } from './projection'

/** About 200 m; a segment is entered in every cell that its box touches. */
const CELL_DEG = 0.002
const MOST_CELLS = 400

interface Segment {
  a: LonLat
  b: LonLat
}

export class RoadIndex {
  private readonly cells = new Map<string, Segment[]>()

  constructor(lines: readonly (readonly LonLat[])[]) {
    for (const line of lines) {
      for (let i = 1; i < line.length; i++) {
        this.enter({ a: line[i - 1] as LonLat, b: line[i] as LonLat })
      }
    }
  }

  /** The nearest point on a road within `maxPx` pixels of the map, or null. */
  nearest(position: LonLat, { toPx, fromPx }: Projection, maxPx: number): LonLat | null {
    const at = toPx(position)
    const west = fromPx([at[0] - maxPx, at[1] + maxPx])
    const east = fromPx([at[0] + maxPx, at[1] - maxPx])
    let best: { to: LonLat; px: number } | null = null
    for (const { a, b } of this.within(west, east)) {
      const found = nearestOn(at, toPx(a), toPx(b))
      const px = distance(at, found)
      if (px <= maxPx && (best === null || px < best.px)) best = { to: fromPx(found), px }
    }
    return best?.to ?? null
  }

  private within(southWest: LonLat, northEast: LonLat): Set<Segment> {
    const found = new Set<Segment>()
    for (const key of cellsOf(southWest, northEast)) {
      for (const segment of this.cells.get(key) ?? []) found.add(segment)
    }
    return found
  }

  private enter(segment: Segment): void {
    const { a, b } = segment
    const low: LonLat = [Math.min(a[0], b[0]), Math.min(a[1], b[1])]
    const high: LonLat = [Math.max(a[0], b[0]), Math.max(a[1], b[1])]
    for (const key of cellsOf(low, high)) {
      const list = this.cells.get(key)
      if (list === undefined) this.cells.set(key, [segment])
      else list.push(segment)
    }
  }
}

function* cellsOf(low: LonLat, high: LonLat): Generator<string> {
  const [x0, y0] = [Math.floor(low[0] / CELL_DEG), Math.floor(low[1] / CELL_DEG)]
  const [x1, y1] = [Math.floor(high[0] / CELL_DEG), Math.floor(high[1] / CELL_DEG)]
  // Far out on the map some pixels are kilometres: nothing sensible to snap to there.
  if ((x1 - x0 + 1) * (y1 - y0 + 1) > MOST_CELLS) return
  for (let x = x0; x <= x1; x++) for (let y = y0; y <= y1; y++) yield `${x}/${y}`
}
