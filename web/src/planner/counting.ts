/** Households by grid, counted in the browser from the buildings' inner points. */
import type { LonLat } from '@/map/leaflet'
import type { Coverage } from './coverage'
import { boxOf, contains, inBox, type Rings } from './geometry'

/** Buildings as the server sends them: one column for each attribute. */
export interface BuildingColumns {
  id: number[]
  lon: number[]
  lat: number[]
  households: number[]
  name: (string | null)[]
  compound: (string | null)[]
}

export interface Count {
  households: number
  buildings: number
}

export class Census {
  /** Buildings by grid, as indexes into the columns; -1 holds those in no grid. */
  private readonly inGrid = new Map<number, number[]>()
  /** Index of each building's first part: only there does a divided one count as a building. */
  private readonly first = new Map<number, number>()

  constructor(
    readonly columns: BuildingColumns,
    coverage: Coverage,
  ) {
    const all = columns.id.map((_, i) => i)
    for (const i of all.toReversed()) this.first.set(columns.id[i] ?? -1, i)
    this.share(
      all,
      [...coverage.faces].map(({ id, rings }) => [id, rings] as const),
    )
  }

  position(index: number): LonLat {
    return [this.columns.lon[index] ?? 0, this.columns.lat[index] ?? 0]
  }

  /** Counts of grids as if they had these shapes: only their own buildings change hands. */
  counts(shapes: ReadonlyMap<number, Rings>): Map<number, Count> {
    const boxes = [...shapes].map(([id, rings]) => ({ id, rings, box: boxOf(rings) }))
    const counts = new Map<number, Count>(
      boxes.map(({ id }) => [id, { households: 0, buildings: 0 }]),
    )
    for (const id of shapes.keys()) {
      for (const index of this.inGrid.get(id) ?? []) {
        const position = this.position(index)
        const home = boxes.find(
          ({ box, rings }) => inBox(box, position) && contains(rings, position),
        )
        const count = counts.get(home?.id ?? id) as Count
        count.households += this.columns.households[index] ?? 0
        if (this.first.get(this.columns.id[index] ?? -1) === index) count.buildings += 1
      }
    }
    return counts
  }

  /** Follows a change of the coverage: buildings of these grids are shared out anew. */
  follow(removed: readonly number[], shapes: ReadonlyMap<number, Rings>): void {
    const loose: number[] = []
    for (const id of [...removed, ...shapes.keys()]) {
      loose.push(...(this.inGrid.get(id) ?? []))
      this.inGrid.delete(id)
    }
    this.share(loose, [...shapes])
  }

  buildingsOf(id: number): readonly number[] {
    return this.inGrid.get(id) ?? []
  }

  /** Grids that hold a building, with the households of it: several where it is divided. */
  holdersOf(building: number): Map<number, number> {
    const holders = new Map<number, number>()
    for (const [grid, indexes] of this.inGrid) {
      for (const index of indexes) {
        if (this.columns.id[index] !== building) continue
        const households = this.columns.households[index] ?? 0
        holders.set(grid, (holders.get(grid) ?? 0) + households)
      }
    }
    holders.delete(-1)
    return holders
  }

  private share(indexes: readonly number[], shapes: (readonly [number, Rings])[]): void {
    const boxes = shapes.map(([id, rings]) => ({ id, rings, box: boxOf(rings) }))
    for (const index of indexes) {
      const position = this.position(index)
      const home = boxes.find(({ box, rings }) => inBox(box, position) && contains(rings, position))
      const id = home?.id ?? -1
      const list = this.inGrid.get(id)
      if (list === undefined) this.inGrid.set(id, [index])
      else list.push(index)
    }
  }
}
