/** Giving a building, or a block, to the grid beside it: point at it, then at the grid. */
import type { LonLat } from '@/map/leaflet'
import type { Coverage } from './coverage'
import { distance } from './geometry'
import { type Bench, hoverAt, idleTool, type Pointer, type Tool } from './pointer'

const BUILDING_PX = 24

interface Taken {
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
      taken = { from: face.id, at: pointer.at, building: null }
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
    taken = { from, at, building: id[index] ?? null }
    layer.put({ marks: [at] })
    const params = { name: name[index] ?? '', count: households[index] ?? 0 }
    bench.say({ key: 'giveBuildingTo', params })
  }

  function give({ at }: Pointer, { from, at: point, building }: Taken): void {
    const to = desk.coverage.faceAt(at)?.id ?? -1
    const refusal = refusalToGive(desk.coverage, from, to)
    if (refusal !== null) {
      bench.refuse(refusal)
      return
    }
    if (building === null) desk.submit({ kind: 'give-block', point, to_grid_id: to })
    else desk.submit({ kind: 'give-building', building_id: building, to_grid_id: to })
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
