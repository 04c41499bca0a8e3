/**
 * The grids of a draft as one coverage: corners and edges know which grids share them, so that
 * moving one moves it for all. Corners are equal when their coordinates are equal bit for bit,
 * as the server keeps them.
 */
import type { BBox, LonLat } from '@/map/leaflet'
import { boxOf, contains, inBox, type Ring, type Rings } from './geometry'

export interface Face {
  id: number
  areaId: number
  locked: boolean
  rings: Rings
}

export interface Edge {
  a: LonLat
  b: LonLat
}

/** Corners at new places, and perhaps one put into an edge. */
export interface Change {
  moves: readonly { from: LonLat; to: LonLat }[]
  inserted: readonly { between: readonly [LonLat, LonLat]; to: LonLat }[]
}

interface Held extends Face {
  box: BBox
}

const cornerKey = ([lon, lat]: LonLat) => `${lon},${lat}`

function edgeKey(a: LonLat, b: LonLat): string {
  const [first, second] = [cornerKey(a), cornerKey(b)]
  return first < second ? `${first} ${second}` : `${second} ${first}`
}

export class Coverage {
  private readonly held = new Map<number, Held>()
  private readonly byCorner = new Map<string, Set<number>>()
  private readonly byEdge = new Map<string, Set<number>>()

  constructor(faces: Iterable<Face> = []) {
    this.replace([], faces)
  }

  /** Takes grids out and puts others in; the rest stays as it is. */
  replace(removed: Iterable<number>, faces: Iterable<Face>): void {
    for (const id of removed) this.take(id)
    for (const face of faces) {
      this.take(face.id)
      this.held.set(face.id, { ...face, box: boxOf(face.rings) })
      this.enter(face.id, face.rings)
    }
  }

  get faces(): IterableIterator<Held> {
    return this.held.values()
  }

  face(id: number): Held | undefined {
    return this.held.get(id)
  }

  faceAt(position: LonLat): Held | null {
    for (const face of this.held.values()) {
      if (inBox(face.box, position) && contains(face.rings, position)) return face
    }
    return null
  }

  /** Grids that have this corner. */
  at(corner: LonLat): readonly number[] {
    return [...(this.byCorner.get(cornerKey(corner)) ?? [])]
  }

  along(edge: Edge): readonly number[] {
    return [...(this.byEdge.get(edgeKey(edge.a, edge.b)) ?? [])]
  }

  /** Whether an edge lies between two grids of one community, neither of them locked. */
  edgeIsFree(edge: Edge): boolean {
    const sides = this.along(edge).map((id) => this.held.get(id) as Held)
    const [one, other] = sides
    if (sides.length !== 2 || one === undefined || other === undefined) return false
    return one.areaId === other.areaId && !one.locked && !other.locked
  }

  /** Whether a corner may move: every edge at it is free, so it is on no community's border. */
  cornerIsFree(corner: LonLat): boolean {
    const edges = this.edgesAt(corner)
    return edges.length > 0 && edges.every((edge) => this.edgeIsFree(edge))
  }

  neighbours(id: number): Set<number> {
    const found = new Set<number>()
    for (const edge of edgesOf(this.held.get(id)?.rings ?? [])) {
      for (const other of this.along(edge)) if (other !== id) found.add(other)
    }
    return found
  }

  /** Whether the grids hang together over shared edges. */
  areJoined(ids: readonly number[]): boolean {
    const wanted = new Set(ids)
    const reached = new Set<number>()
    const open = ids.slice(0, 1)
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      reached.add(id)
      for (const next of this.neighbours(id)) {
        if (wanted.has(next) && !reached.has(next)) open.push(next)
      }
    }
    return reached.size === wanted.size
  }

  /** Rings of every grid that a change touches, as they would be after it. */
  after(change: Change): Map<number, Rings> {
    const moves = new Map(change.moves.map(({ from, to }) => [cornerKey(from), to]))
    const inserted = new Map(change.inserted.map(({ between: [a, b], to }) => [edgeKey(a, b), to]))
    const touched = new Set<number>()
    for (const { from } of change.moves) for (const id of this.at(from)) touched.add(id)
    for (const {
      between: [a, b],
    } of change.inserted) {
      for (const id of this.along({ a, b })) touched.add(id)
    }
    const changed = new Map<number, Rings>()
    for (const id of touched) {
      const { rings } = this.held.get(id) as Held
      changed.set(
        id,
        rings.map((ring) => changedRing(ring, moves, inserted)),
      )
    }
    return changed
  }

  private edgesAt(corner: LonLat): Edge[] {
    const key = cornerKey(corner)
    const found = new Map<string, Edge>()
    for (const id of this.byCorner.get(key) ?? []) {
      for (const edge of edgesOf(this.held.get(id)?.rings ?? [])) {
        if (cornerKey(edge.a) === key || cornerKey(edge.b) === key) {
          found.set(edgeKey(edge.a, edge.b), edge)
        }
      }
    }
    return [...found.values()]
  }

  private enter(id: number, rings: Rings): void {
    for (const edge of edgesOf(rings)) {
      put(this.byCorner, cornerKey(edge.a), id)
      put(this.byEdge, edgeKey(edge.a, edge.b), id)
    }
  }

  private take(id: number): void {
    const face = this.held.get(id)
    if (face === undefined) return
    for (const edge of edgesOf(face.rings)) {
      drop(this.byCorner, cornerKey(edge.a), id)
      drop(this.byEdge, edgeKey(edge.a, edge.b), id)
    }
    this.held.delete(id)
  }
}

function put(into: Map<string, Set<number>>, key: string, id: number): void {
  const ids = into.get(key)
  if (ids === undefined) into.set(key, new Set([id]))
  else ids.add(id)
}

function drop(from: Map<string, Set<number>>, key: string, id: number): void {
  const ids = from.get(key)
  ids?.delete(id)
  if (ids?.size === 0) from.delete(key)
}

export function* edgesOf(rings: Rings): Generator<Edge> {
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      yield { a: ring[j] as LonLat, b: ring[i] as LonLat }
    }
  }
}

function changedRing(
  ring: Ring,
  moves: ReadonlyMap<string, LonLat>,
  inserted: ReadonlyMap<string, LonLat>,
): Ring {
  const changed: LonLat[] = []
  ring.forEach((corner, i) => {
    const before = ring[(i + ring.length - 1) % ring.length] as LonLat
    const between = inserted.get(edgeKey(before, corner))
    if (between !== undefined) changed.push(between)
    changed.push(moves.get(cornerKey(corner)) ?? corner)
  })
  return changed
}
