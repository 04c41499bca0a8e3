/** What an edit means to change, and what both planners wanted where one came late. */
import type { ApiProblem } from '@/api/problem'
import type { DraftGrid, Edit } from './contract'
import type { Census } from './counting'
import type { Change, Coverage } from './coverage'
import type { Rings } from './geometry'

/** What goes through the line: an edit, or a step back or forth in the draft's history. */
export type Step = { kind: 'edit'; edit: Edit } | { kind: 'undo' } | { kind: 'redo' }

export interface Late {
  step: Step
  /** The grids as they were when the edit was made, and as the planner wanted them. */
  before: Map<number, Rings>
  mine: Map<number, Rings>
  theirs: DraftGrid[]
}

/** Where an edit that moves corners takes them. */
export function changeOf(edit: Extract<Edit, { kind: 'move' }>): Change {
  return { moves: edit.vertices ?? [], inserted: edit.inserted ?? [] }
}

/** Grids that an edit means to change, as far as the browser can tell. */
export function meant(edit: Edit, coverage: Coverage, census: Census | null): readonly number[] {
  switch (edit.kind) {
    case 'move':
      return [...coverage.after(changeOf(edit)).keys()]
    case 'split':
    case 'rename':
    case 'kind':
      return [edit.grid_id]
    case 'give-block': {
      const from = coverage.faceAt(edit.point)
      return from === null ? [edit.to_grid_id] : [from.id, edit.to_grid_id]
    }
    case 'give-building': {
      const { building_id, from_grid_id, to_grid_id } = edit
      const holders = census?.holdersOf(building_id).keys() ?? []
      const givers = from_grid_id == null ? [...holders] : [from_grid_id]
      return [...new Set([...givers, to_grid_id])]
    }
    case 'renumber':
      return []
    default:
      return edit.grid_ids
  }
}

/** Both shapes side by side, from the server's refusal of an edit that came late. */
export function lateFor(
  problem: ApiProblem,
  step: Step,
  coverage: Coverage,
  census: Census | null,
): Late {
  const theirs = (problem.params.grids ?? []) as DraftGrid[]
  const edit = step.kind === 'edit' ? step.edit : null
  const ids = new Set(edit === null ? [] : meant(edit, coverage, census))
  for (const { grid_id } of theirs) ids.add(grid_id)
  const before = new Map<number, Rings>()
  for (const id of ids) {
    const face = coverage.face(id)
    if (face !== undefined) before.set(id, face.rings)
  }
  const mine = edit?.kind === 'move' ? coverage.after(changeOf(edit)) : new Map<number, Rings>()
  return { step, before, mine, theirs }
}
