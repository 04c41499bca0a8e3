/** Splitting a grid along a line that the planner draws. */
import type { LonLat } from '@/map/leaflet'
import type { Coverage } from './coverage'
import { distance } from './geometry'
import { type Bench, hoverAt, idleTool, type Tool } from './pointer'

const SNAP_PX = 9
const SAME_PX = 4
const SAMPLES = 60

/** The grid that most of a line lies in; a selected one wins when the line touches it. */
export function gridToSplit(
  coverage: Coverage,
  line: readonly LonLat[],
  selected: ReadonlySet<number>,
): number | null {
  const tally = new Map<number, number>()
  const legs = line.length - 1
  for (let leg = 0; leg < legs; leg++) {
    const [a, b] = [line[leg] as LonLat, line[leg + 1] as LonLat]
    const weight = distance(a, b)
    for (let i = 0; i < SAMPLES; i++) {
      const t = (i + 0.5) / SAMPLES
      const at: LonLat = [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]
      const id = coverage.faceAt(at)?.id
      if (id !== undefined) tally.set(id, (tally.get(id) ?? 0) + weight)
    }
  }
  const chosen = [...selected].filter((id) => tally.has(id))
  if (selected.size === 1 && chosen[0] !== undefined) return chosen[0]
  const [heaviest] = [...tally].sort((one, other) => other[1] - one[1])
  return heaviest?.[0] ?? null
}

export function splittingTool(bench: Bench): Tool {
  const { desk, layer } = bench
  let line: LonLat[] = []

  function show(next?: LonLat): void {
    layer.put({ line: next === undefined ? [...line] : [...line, next] })
    if (line.length === 0) bench.say({ key: 'split' })
    else bench.say({ key: 'splitMore', params: { count: line.length } })
  }

  function snapped(at: LonLat, alt: boolean): LonLat {
    if (alt) return at
    return desk.state.town?.roads.nearest(at, bench.projection(), SNAP_PX) ?? at
  }

  function clear(): void {
    line = []
    show()
  }

  function finish(): void {
    if (line.length < 2) return
    const id = gridToSplit(desk.coverage, line, desk.selected)
    if (id === null) bench.refuse('noGrid')
    else if (desk.coverage.face(id)?.locked) bench.refuse('locked')
    else {
      desk.submit({ kind: 'split', grid_id: id, line: [...line] })
      clear()
    }
  }

  return {
    ...idleTool(),
    hover(pointer) {
      hoverAt(bench, pointer)
      if (line.length > 0) show(snapped(pointer.at, pointer.alt))
    },
    click({ at, px, alt }) {
      const last = line.at(-1)
      const { toPx } = bench.projection()
      const next = snapped(at, alt)
      // The second click of a double click is no new corner.
      if (last !== undefined && distance(toPx(last), toPx(next)) < SAME_PX) return
      if (last !== undefined && distance(toPx(last), px) < SAME_PX) return
      line.push(next)
      show()
    },
    doubleClick: finish,
    finish,
    stepBack() {
      line.pop()
      show()
    },
    cancel() {
      const busy = line.length > 0
      clear()
      return busy
    },
  }
}
