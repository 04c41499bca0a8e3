/** Giving a building, or a block, to the grid beside it: point at it, then at the grid. */
import type { LonLat } from '@/map/leaflet'
import type { Coverage } from './coverage'
import { distance } from './geometry'
import { type Bench, hoverAt, idleTool, type Pointer, type Tool } from './pointer'

const BUILDING_PX = 24

interface Taken {
  /** Grids that give: several where a building is divided among them. */
  givers: readonly number[]
  /** The one that was pointed at. */
  from: number
  at: LonLat
  building: number | null
}

/** Why what lies in one grid cannot go to another: a key below `editor.refuse`, or null. */
export function refusalToGive(coverage: Coverage, from: number, to: number): string | null {
  const [giver, taker] = [coverage.face(from), coverage.face(to)]
  if (giver === undefined || taker === undefined) return 'outside'
  if (from === to) return 'same'
  if (giver.locked || taker.locked) return 'locked'
  if (giver.areaId !== taker.areaId) return 'twoAreas'
  return coverage.neighbours(from).has(to) ? null : 'notNeighbour'
}

/** As `refusalToGive`, of a building that several grids may hold a part of. */
export function refusalOfAll(
  coverage: Coverage,
  givers: readonly number[],
  to: number,
): string | null {
  const others = givers.filter((id) => id !== to)
  if (others.length === 0) return coverage.face(to) === undefined ? 'outside' : 'same'
  const refusals = others.map((from) => refusalToGive(coverage, from, to))
  // One apart from the grid that takes it may come to it by the part of another.
  const apart = refusals.filter((refusal) => refusal === 'notNeighbour')
  const held = givers.includes(to)
  const real = refusals.find((refusal) => refusal !== null && refusal !== 'notNeighbour')
  if (real !== undefined) return real
  return apart.length === refusals.length && !held ? 'notNeighbour' : null
}

export function givingTool(bench: Bench, what: 'building' | 'block'): Tool {
  const { desk, layer } = bench
  const start = { key: what === 'building' ? 'give-building' : 'give-block' }
  let taken: Taken | null = null

  function drop(): void {
    taken = null
    layer.put({ marks: [] })
    bench.say(start)
  }

  function take(pointer: Pointer): void {
    const face = desk.coverage.faceAt(pointer.at)
    if (face === null) bench.refuse('outside')
    else if (face.locked) bench.refuse('locked')
    else if (what === 'block') {
      taken = { givers: [face.id], from: face.id, at: pointer.at, building: null }
      layer.put({ marks: [pointer.at] })
      bench.say({ key: 'giveBlockTo' })
    } else takeBuilding(face.id, pointer)
  }

  function takeBuilding(from: number, pointer: Pointer): void {
    const census = desk.state.town?.census ?? null
    const index = buildingUnder(bench, from, pointer)
    if (census === null || index === null) {
      bench.refuse('noBuilding')
      return
    }
    const at = census.position(index)
    const { id, name, households } = census.columns
    const building = id[index] ?? -1
    const holders = census.holdersOf(building)
    taken = { givers: [...holders.keys()], from, at, building }
    layer.put({ marks: [at] })
    const params = { name: name[index] ?? '', count: households[index] ?? 0 }
    if (holders.size < 2) bench.say({ key: 'giveBuildingTo', params })
    else {
      const count = [...holders.values()].reduce((sum, one) => sum + one, 0)
      const part = holders.get(from) ?? 0
      bench.say({ key: 'giveTowerTo', params: { ...params, count, grids: holders.size, part } })
    }
  }

  function give({ at, shift }: Pointer, { givers, from, at: point, building }: Taken): void {
    const to = desk.coverage.faceAt(at)?.id ?? -1
    const partOnly = shift && givers.length > 1
    const refusal = refusalOfAll(desk.coverage, partOnly ? [from] : givers, to)
    if (refusal !== null) {
      bench.refuse(refusal)
      return
    }
    if (building === null) desk.submit({ kind: 'give-block', point, to_grid_id: to })
    else {
      const whole = { kind: 'give-building', building_id: building, to_grid_id: to } as const
      desk.submit(partOnly ? { ...whole, from_grid_id: from } : whole)
    }
    drop()
  }

  return {
    ...idleTool(),
    hover: (pointer) => hoverAt(bench, pointer),
    click(pointer) {
      if (taken === null) take(pointer)
      else give(pointer, taken)
    },
    cancel() {
      const busy = taken !== null
      drop()
      return busy
    },
  }
}

function buildingUnder({ desk, projection }: Bench, grid: number, { px }: Pointer): number | null {
  const census = desk.state.town?.census ?? null
  if (census === null) return null
  const { toPx } = projection()
  let best: { index: number; px: number } | null = null
  for (const index of census.buildingsOf(grid)) {
    const away = distance(toPx(census.position(index)), px)
    if (away <= BUILDING_PX && (best === null || away < best.px)) best = { index, px: away }
  }
  return best?.index ?? null
}
