import { beforeEach, describe, expect, it } from 'vitest'
import { shallowReactive } from 'vue'
import type { LonLat } from '@/map/leaflet'
import { refusalOf } from '@/planner/actions'
import { isTyping, meaningOf } from '@/planner/bench'
import { nothingOver, type Over } from '@/planner/CoverageLayer'
import { Census } from '@/planner/counting'
import { Coverage } from '@/planner/coverage'
import { differenceShapes } from '@/planner/difference'
import type { Ring } from '@/planner/geometry'
import { givingTool, refusalToGive } from '@/planner/giving'
import { meant } from '@/planner/meaning'
import { movingTool } from '@/planner/moving'
import type { Bench, Pointer } from '@/planner/pointer'
import { projectionAt } from '@/planner/projection'
import { RoadIndex } from '@/planner/roads'
import { gridToSplit, splittingTool } from '@/planner/splitting'
import { sorted } from '@/planner/tableOrder'

/** At zoom 16 a hundredth of a degree is some 466 px. */
const SIDE = 0.01
const projection = projectionAt(16, [0, 0])

function square(x: number, y: number): Ring {
  const [w, s] = [118 + x * SIDE, 36 + y * SIDE]
  return [
    [w, s],
    [w + SIDE, s],
    [w + SIDE, s + SIDE],
    [w, s + SIDE],
  ]
}
/** Shared corners must be equal bit for bit, so all squares are cut from one lattice. */
const at = (x: number, y: number): LonLat => [118 + x * SIDE, 36 + y * SIDE]
const cell = (x: number, y: number): Ring => [
  at(x, y),
  at(x + 1, y),
  at(x + 1, y + 1),
  at(x, y + 1),
]
const middle = (x: number, y: number): LonLat => at(x + 0.5, y + 0.5)

const columns = {
  id: [77],
  lon: [middle(0, 0)[0]],
  lat: [middle(0, 0)[1]],
  households: [90],
  name: ['一号楼'],
  compound: [null],
}

let submitted: unknown[]
let said: string[]
let refused: string[]
let over: Over
let bench: Bench

function pointer(position: LonLat, held: Partial<Pointer> = {}): Pointer {
  return { at: position, px: projection.toPx(position), shift: false, alt: false, ...held }
}

beforeEach(() => {
  submitted = []
  said = []
  refused = []
  over = nothingOver()
  const coverage = new Coverage(
    [
      [1, 0, 0],
      [2, 1, 0],
      [3, 0, 1],
      [4, 1, 1],
    ].map(([id = 0, x = 0, y = 0]) => ({ id, areaId: 1, locked: false, rings: [cell(x, y)] })),
  )
  const state = shallowReactive({
    town: {
      census: new Census(columns, coverage),
      roads: new RoadIndex([[at(0, 1.1), at(2, 1.1)]]),
      areaNames: new Map(),
    },
  })
  const desk = {
    coverage,
    state,
    selected: new Set<number>(),
    submit: (e: unknown) => submitted.push(e),
  }
  const layer = {
    put: (changes: Partial<Over>) => Object.assign(over, changes),
    get shown() {
      return over
    },
  }
  bench = {
    desk: desk as never,
    layer: layer as never,
    projection: () => projection,
    say: ({ key }) => said.push(key),
    refuse: (key) => refused.push(key),
    householdsText: (id, households) => `${id}:${households}`,
  }
})

describe('moving', () => {
  it('takes the shared corner along, counts on all sides, and sends it once', () => {
    const tool = movingTool(bench, false)
    expect(tool.press(pointer(at(1, 1)))).toBe(true)
    tool.drag(pointer(at(0.3, 0.3)))
    expect([...over.lifted].sort()).toEqual([1, 2, 3, 4])
    expect(over.shapes.map(({ label }) => label).sort()).toEqual(['1:0', '2:0', '3:0', '4:90'])
    tool.release(pointer(at(0.3, 0.3)))
    expect(submitted).toEqual([
      { kind: 'move', vertices: [{ from: at(1, 1), to: at(0.3, 0.3) }], inserted: [] },
    ])
    expect(over.shapes).toEqual([])
  })

  it('snaps to a road near by, unless Alt is held', () => {
    const tool = movingTool(bench, false)
    tool.press(pointer(at(1, 1)))
    tool.drag(pointer(at(1, 1.11)))
    expect(over.grip?.kind).toBe('snapped')
    expect(over.grip?.at[1]).toBeCloseTo(at(1, 1.1)[1], 7)
    tool.drag(pointer(at(1, 1.11), { alt: true }))
    expect(over.grip?.kind).toBe('corner')
    expect(over.grip?.at).toEqual(at(1, 1.11))
  })

  it('does not take hold of a corner on the rim, nor send a press without a drag', () => {
    const tool = movingTool(bench, false)
    expect(tool.press(pointer(at(1, 0)))).toBe(false)
    tool.press(pointer(at(1, 1)))
    tool.release(pointer(at(1, 1)))
    expect(submitted).toEqual([])
  })

  it('puts a corner into an edge', () => {
    const tool = movingTool(bench, true)
    expect(tool.press(pointer(at(1, 0.5)))).toBe(true)
    tool.drag(pointer(at(0.8, 0.5), { alt: true }))
    tool.release(pointer(at(0.8, 0.5), { alt: true }))
    const [edit] = submitted as [{ inserted: { between: LonLat[]; to: LonLat }[] }]
    expect(edit.inserted[0]?.to).toEqual(at(0.8, 0.5))
    expect(edit.inserted[0]?.between).toEqual(expect.arrayContaining([at(1, 0), at(1, 1)]))
  })
})

describe('splitting', () => {
  it('cuts the grid that most of the line lies in, on a double click', () => {
    const tool = splittingTool(bench)
    tool.click(pointer(at(-0.1, 0.5)))
    tool.click(pointer(at(1.1, 0.5)))
    tool.click(pointer(at(1.1, 0.5)))
    tool.doubleClick(pointer(at(1.1, 0.5)))
    expect(submitted).toEqual([{ kind: 'split', grid_id: 1, line: [at(-0.1, 0.5), at(1.1, 0.5)] }])
    expect(over.line).toEqual([])
  })

  it('prefers the selected grid, and knows when it crosses none', () => {
    const { coverage } = bench.desk
    const line = [at(0.1, 0.5), at(1.3, 0.5)]
    expect(gridToSplit(coverage, line, new Set())).toBe(1)
    expect(gridToSplit(coverage, line, new Set([2]))).toBe(2)
    expect(gridToSplit(coverage, [at(5, 5), at(6, 6)], new Set())).toBeNull()
  })

  it('takes points back one by one and is cancelled whole', () => {
    const tool = splittingTool(bench)
    tool.click(pointer(at(0, 0.5)))
    tool.click(pointer(at(1, 0.5)))
    tool.stepBack()
    tool.finish()
    expect(submitted).toEqual([])
    expect(tool.cancel()).toBe(true)
    expect(tool.cancel()).toBe(false)
  })
})

describe('giving', () => {
  it('gives the building under the pointer to the neighbour', () => {
    const tool = givingTool(bench, 'building')
    tool.click(pointer(middle(0, 0)))
    tool.click(pointer(middle(1, 0)))
    expect(submitted).toEqual([{ kind: 'give-building', building_id: 77, to_grid_id: 2 }])
  })

  it('gives a tower that is divided among grids whole, with Shift the part pointed at', () => {
    const { coverage } = bench.desk
    const parts = [middle(0, 0), at(0.6, 0.5), middle(1, 0)]
    const tower = {
      id: [77, 77, 77],
      lon: parts.map(([lon]) => lon),
      lat: parts.map(([, lat]) => lat),
      households: [90, 80, 70],
      name: ['一号楼', '一号楼', '一号楼'],
      compound: [null, null, null],
    }
    const census = new Census(tower, coverage)
    Object.assign(bench.desk.state.town as object, { census })
    expect(census.holdersOf(77)).toEqual(
      new Map([
        [1, 170],
        [2, 70],
      ]),
    )
    const counted = census.counts(new Map([1, 2].map((id) => [id, coverage.face(id)?.rings ?? []])))
    expect([...counted.values()].map(({ buildings }) => buildings)).toEqual([1, 0])
    const tool = givingTool(bench, 'building')
    tool.click(pointer(middle(0, 0)))
    expect(said.at(-1)).toBe('giveTowerTo')
    tool.click(pointer(middle(1, 0)))
    tool.click(pointer(middle(0, 0)))
    tool.click(pointer(middle(0, 1), { shift: true }))
    tool.click(pointer(middle(0, 0)))
    tool.click(pointer(middle(1, 1)))
    const give = { kind: 'give-building', building_id: 77 }
    expect(submitted).toEqual([
      { ...give, to_grid_id: 2 },
      { ...give, to_grid_id: 3, from_grid_id: 1 },
      { ...give, to_grid_id: 4 },
    ])
    expect(meant({ ...give, to_grid_id: 4 } as never, coverage, census)).toEqual([1, 2, 4])
    expect(meant({ ...give, to_grid_id: 3, from_grid_id: 1 } as never, coverage, census)).toEqual([
      1, 3,
    ])
  })

  it('says why not', () => {
    const tool = givingTool(bench, 'building')
    tool.click(pointer(middle(1, 1)))
    tool.click(pointer(middle(0, 0)))
    tool.click(pointer(middle(1, 1)))
    expect(refused).toEqual(['noBuilding', 'notNeighbour'])
    expect(refusalToGive(bench.desk.coverage, 1, 1)).toBe('same')
  })

  it('gives a block by a point in it', () => {
    const tool = givingTool(bench, 'block')
    tool.click(pointer(middle(0, 0)))
    tool.click(pointer(middle(0, 1)))
    expect(submitted).toEqual([{ kind: 'give-block', point: middle(0, 0), to_grid_id: 3 }])
  })
})

describe('actions', () => {
  it('are refused with a reason before anything is sent', () => {
    const { coverage } = bench.desk
    expect(refusalOf('merge', coverage, [])).toBe('noSelection')
    expect(refusalOf('merge', coverage, [1])).toBe('mergeTwo')
    expect(refusalOf('merge', coverage, [1, 4])).toBe('notJoined')
    expect(refusalOf('merge', coverage, [1, 2, 4])).toBeNull()
    expect(refusalOf('snap', coverage, [1, 2, 4])).toBe('snapTwo')
    coverage.replace([], [{ id: 2, areaId: 1, locked: true, rings: [cell(1, 0)] }])
    expect(refusalOf('even-out', coverage, [1, 2])).toBe('locked')
    expect(refusalOf('lock', coverage, [2])).toBeNull()
  })

  it('name the grids they were made on', () => {
    const { coverage } = bench.desk
    const census = bench.desk.state.town?.census ?? null
    const give = { kind: 'give-building', building_id: 77, to_grid_id: 2 } as const
    expect(meant(give, coverage, census)).toEqual([1, 2])
    const move = {
      kind: 'move',
      vertices: [{ from: at(1, 1), to: at(1, 1.2) }],
      inserted: [],
    } as const
    expect([...meant(move, coverage, census)].sort()).toEqual([1, 2, 3, 4])
    expect(meant({ kind: 'renumber' }, coverage, census)).toEqual([])
  })
})

describe('keys', () => {
  const key = (name: string, held: KeyboardEventInit = {}) =>
    meaningOf(new KeyboardEvent('keydown', { key: name, ...held }))

  it('stand for tools, actions and steps', () => {
    expect(key('m')).toBe('move')
    expect(key('z', { ctrlKey: true })).toBe('undo')
    expect(key('Z', { ctrlKey: true, shiftKey: true })).toBe('redo')
    expect(key('s', { ctrlKey: true })).toBeNull()
    expect(key('q')).toBeNull()
    expect(key('Escape')).toBe('cancel')
  })

  it('are left to a field that is being filled in', () => {
    expect(isTyping(document.createElement('input'))).toBe(true)
    expect(isTyping(document.createElement('div'))).toBe(false)
    expect(isTyping(null)).toBe(false)
  })
})

describe('table', () => {
  it('sorts by the size of the deviation, whatever its sign', () => {
    const grid = (code: string, off_pct: number | null) => ({ code, off_pct }) as never
    const grids = [grid('1', 3), grid('2', -12), grid('3', null), grid('4', 7)]
    const codes = sorted(grids, { column: 'off', falling: true }).map(({ code }) => code)
    expect(codes).toEqual(['2', '4', '1', '3'])
  })
})

describe('difference map', () => {
  it('draws each piece and says households once', () => {
    const ring = [...square(0, 0), square(0, 0)[0]]
    const other = [...square(3, 3), square(3, 3)[0]]
    const shapes = differenceShapes([
      {
        type: 'Feature',
        geometry: { type: 'MultiPolygon', coordinates: [[ring], [other]] },
        properties: { households: 12 } as never,
      },
    ])
    expect(shapes).toHaveLength(2)
    expect(shapes.filter(({ label }) => label !== undefined)).toHaveLength(1)
  })
})
