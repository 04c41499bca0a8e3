/** Moving corners and edges, and putting corners into edges. */
import type { LonLat } from '@/map/leaflet'
import type { Over, Shape } from './CoverageLayer'
import { type Change, type Coverage, type Edge, edgesOf, type Face } from './coverage'
import { distance, nearestOn } from './geometry'
import { type Bench, hoverAt, idleTool, type Pointer, selectAt, type Tool } from './pointer'
import type { Projection } from './projection'

const CORNER_PX = 11
const EDGE_PX = 8
const SNAP_PX = 9

export type Grip =
  | { kind: 'corner'; at: LonLat }
  | { kind: 'insert' | 'edge'; edge: Edge; at: LonLat }

/** The free corner under the pointer, or null. */
export function cornerUnder(
  coverage: Coverage,
  { toPx, fromPx }: Projection,
  px: readonly [number, number],
): LonLat | null {
  let best: { corner: LonLat; px: number } | null = null
  for (const { a } of edgesNear(coverage, fromPx, px, CORNER_PX)) {
    const away = distance(toPx(a), px)
    if (away > CORNER_PX || (best !== null && away >= best.px)) continue
    if (coverage.cornerIsFree(a)) best = { corner: a, px: away }
  }
  return best?.corner ?? null
}

/** The free edge under the pointer and the point on it, or null. */
export function edgeUnder(
  coverage: Coverage,
  { toPx, fromPx }: Projection,
  px: readonly [number, number],
): { edge: Edge; at: LonLat } | null {
  let best: { edge: Edge; at: [number, number]; px: number } | null = null
  for (const edge of edgesNear(coverage, fromPx, px, EDGE_PX)) {
    const at = nearestOn(px, toPx(edge.a), toPx(edge.b))
    const away = distance(at, px)
    if (away > EDGE_PX || (best !== null && away >= best.px)) continue
    if (coverage.edgeIsFree(edge)) best = { edge, at, px: away }
  }
  return best === null ? null : { edge: best.edge, at: fromPx(best.at) }
}

function* edgesNear(
  coverage: Coverage,
  fromPx: Projection['fromPx'],
  [x, y]: readonly [number, number],
  aroundPx: number,
): Generator<Edge> {
  const [west, north] = fromPx([x - aroundPx, y - aroundPx])
  const [east, south] = fromPx([x + aroundPx, y + aroundPx])
  for (const face of coverage.faces) {
    const [w, s, e, n] = face.box
    if (w <= east && e >= west && s <= north && n >= south) yield* edgesOf(face.rings)
  }
}

/** What a grip becomes when the pointer has taken it somewhere. */
export function changeFor(grip: Grip, from: LonLat, to: LonLat): Change {
  if (grip.kind === 'corner') return { moves: [{ from: grip.at, to }], inserted: [] }
  const { a, b } = grip.edge
  if (grip.kind === 'insert') return { moves: [], inserted: [{ between: [a, b], to }] }
  const by = [to[0] - from[0], to[1] - from[1]] as const
  const moved = (corner: LonLat): LonLat => [corner[0] + by[0], corner[1] + by[1]]
  return {
    moves: [
      { from: a, to: moved(a) },
      { from: b, to: moved(b) },
    ],
    inserted: [],
  }
}

export function movingTool(bench: Bench, inserting: boolean): Tool {
  const { desk, layer } = bench
  let held: { grip: Grip; from: LonLat; change: Change | null } | null = null

  /** Handles of the grid that the pointer was over last: most moves stay in one grid. */
  let handled: { face: Face | null; corners: LonLat[] } = { face: null, corners: [] }
  function handlesAt(position: LonLat): LonLat[] {
    const face = desk.coverage.faceAt(position)
    if (face !== handled.face) handled = { face, corners: freeCorners(desk.coverage, face) }
    return handled.corners
  }

  function gripAt({ px, shift }: Pointer): Grip | null {
    const projection = bench.projection()
    if (!inserting && !shift) {
      const corner = cornerUnder(desk.coverage, projection, px)
      return corner === null ? null : { kind: 'corner', at: corner }
    }
    const found = edgeUnder(desk.coverage, projection, px)
    if (found === null) return null
    if (inserting) return { kind: 'insert', ...found }
    const { a, b } = found.edge
    const free = desk.coverage.cornerIsFree(a) && desk.coverage.cornerIsFree(b)
    return free ? { kind: 'edge', ...found } : null
  }

  function target(pointer: Pointer): { to: LonLat; snapped: boolean } {
    const road =
      pointer.alt || held?.grip.kind === 'edge'
        ? null
        : (desk.state.town?.roads.nearest(pointer.at, bench.projection(), SNAP_PX) ?? null)
    return { to: road ?? pointer.at, snapped: road !== null }
  }

  function show(change: Change, to: LonLat, snapped: boolean): void {
    const rings = desk.coverage.after(change)
    const counts = desk.state.town?.census.counts(rings)
    const shapes: Shape[] = [...rings].map(([id, shape]) => {
      const count = counts?.get(id)
      return {
        rings: shape,
        style: 'drag',
        ...(count === undefined ? {} : { label: bench.householdsText(id, count.households) }),
      }
    })
    layer.put({
      shapes,
      lifted: new Set(rings.keys()),
      grip: { at: to, kind: snapped ? 'snapped' : 'corner' },
      hovered: null,
    })
  }

  function letGo(): void {
    held = null
    layer.put({ shapes: [], lifted: new Set(), grip: null })
  }

  return {
    ...idleTool(),
    hover(pointer) {
      hoverAt(bench, pointer)
      const grip = gripAt(pointer)
      layer.put({
        handles: inserting ? [] : handlesAt(pointer.at),
        grip: grip === null ? null : gripMark(grip),
      })
    },
    press(pointer) {
      const grip = gripAt(pointer)
      if (grip === null) return false
      held = { grip, from: pointer.at, change: null }
      return true
    },
    drag(pointer) {
      if (held === null) return
      const { to, snapped } = target(pointer)
      held.change = changeFor(held.grip, held.from, to)
      show(held.change, to, snapped)
    },
    release() {
      const change = held?.change ?? null
      letGo()
      if (change === null) return
      desk.submit({ kind: 'move', vertices: change.moves, inserted: change.inserted })
    },
    click: (pointer) => selectAt(bench, pointer),
    cancel() {
      const busy = held !== null
      letGo()
      layer.put({ handles: [] })
      return busy
    },
  }
}

function gripMark(grip: Grip): Over['grip'] {
  return { at: grip.at, kind: grip.kind === 'corner' ? 'corner' : 'insert' }
}

/** A grid with more corners than this shows none: they could not be told apart. */
const MOST_HANDLES = 250

function freeCorners(coverage: Coverage, face: Face | null): LonLat[] {
  const corners = face?.rings.flat() ?? []
  if (corners.length > MOST_HANDLES) return []
  return corners.filter((corner) => coverage.cornerIsFree(corner))
}
