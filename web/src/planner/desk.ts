/**
 * The draft on the planner's desk: its grids as the server last told them, what is on its way to
 * the server, and what is selected. One for each open editor.
 */
import { reactive, shallowReactive, shallowRef, triggerRef } from 'vue'
import { ask, operation } from '@/api/ask'
import { ApiProblem } from '@/api/problem'
import { draft as readDraft, edit as sendEdit, redo as sendRedo, undo as sendUndo } from '@/client'
import { i18n } from '@/i18n'
import { count } from '@/i18n/format'
import type { BBox } from '@/map/leaflet'
import type { Draft, DraftGrid, Edit, Edited, Finding, Marks } from './contract'
import { Coverage, type Face } from './coverage'
import { type Deviation, deviationOf, fairTarget, offPct, signedPct } from './deviation'
import { boxOf, joinBoxes, nameplace, type Rings, ringsOf } from './geometry'
import { changeOf, type Late, lateFor, meant, type Step } from './meaning'
import type { PaintedGrid } from './painting'
import { openLine } from './sending'
import { loadTown, type TownOfPlan } from './town'

/** The edit itself cannot be done; nothing else has changed. */
const REFUSED = 422

export interface Head extends Marks {
  status: Draft['status']
  targetHouseholds: number
  tolerancePct: number
}

export class Desk {
  readonly coverage = new Coverage()
  readonly grids = shallowRef(new Map<number, DraftGrid>())
  readonly painted = new Map<number, PaintedGrid>()
  readonly selected = reactive(new Set<number>())
  readonly head = shallowReactive<Head>({
    revision: 0,
    can_undo: false,
    can_redo: false,
    undo_label: null,
    redo_label: null,
    status: 'draft',
    targetHouseholds: 300,
    tolerancePct: 5,
  })
  readonly state = shallowReactive({
    loading: false,
    problem: null as ApiProblem | null,
    refusal: null as ApiProblem | null,
    told: [] as Finding[],
    town: null as TownOfPlan | null,
    late: null as Late | null,
    /** Shapes that wait for the server's word, so that they do not jump back meanwhile. */
    hoped: new Map<number, Rings>(),
  })
  readonly sending
  private closed = false

  constructor(private readonly planId: number) {
    this.sending = openLine<Step, Edited>(`sanbai.plan.${planId}`, {
      body: (step) => this.bodyOf(step),
      post: (step, body, operationId) => this.post(step, body, operationId),
      done: (answer) => this.done(answer),
      refused: (problem) => {
        this.state.hoped = new Map()
        this.state.refusal = problem
        // Not the edit but the plan itself is the matter: show what is there.
        if (problem.status !== REFUSED) void this.load()
      },
      late: (problem, step) => {
        this.state.late = lateFor(problem, step, this.coverage, this.state.town?.census ?? null)
      },
    })
  }

  async load(): Promise<void> {
    this.state.problem = null
    this.state.loading = true
    try {
      this.takeAll(await ask(readDraft({ path: { plan_id: this.planId } })))
      if (this.state.town === null) {
        const town = await loadTown(this.planId, this.coverage)
        if (!this.closed) this.state.town = town
      }
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      this.state.problem = error
    } finally {
      this.state.loading = false
    }
  }

  submit(edit: Edit): void {
    this.hush()
    if (edit.kind === 'move') {
      this.state.hoped = this.coverage.after(changeOf(edit))
    }
    this.sending.send({ kind: 'edit', edit })
  }

  undo(): void {
    this.step('undo', this.head.can_undo)
  }

  redo(): void {
    this.step('redo', this.head.can_redo)
  }

  /** After coming late: theirs stays; mine is given up, or done once more on it. */
  async choose(choice: 'theirs' | 'again'): Promise<void> {
    if (this.state.late === null) return
    await this.load()
    if (this.state.problem !== null) return
    this.state.late = null
    this.state.hoped = new Map()
    if (choice === 'again') this.sending.again()
    else this.sending.drop()
  }

  /** Gives up the edit that waits for the network. */
  giveUp(): void {
    this.state.hoped = new Map()
    this.sending.drop()
  }

  /** Takes back what was said about the last edit. */
  hush(): void {
    this.state.refusal = null
    this.state.told = []
  }

  /** Writes the labels again, after a change of language. */
  repaint(): void {
    for (const grid of this.grids.value.values()) this.painted.set(grid.grid_id, this.paint(grid))
    triggerRef(this.grids)
  }

  boxOfGrids(ids: Iterable<number>): BBox | null {
    const boxes: BBox[] = []
    for (const id of ids) {
      const grid = this.painted.get(id)
      if (grid !== undefined) boxes.push(grid.box)
    }
    return joinBoxes(boxes)
  }

  deviationFor(grid: DraftGrid): Deviation {
    return deviationOf(grid.off_pct, this.head.tolerancePct)
  }

  /** How far off its target a grid is with so many households, in per cent. */
  offFor(id: number, households: number): number {
    const target = this.head.targetHouseholds
    const grid = this.grids.value.get(id)
    return offPct(households, grid === undefined ? target : fairTarget(grid, target))
  }

  close(): void {
    this.closed = true
    this.sending.close()
  }

  private step(kind: 'undo' | 'redo', possible: boolean): void {
    // With edits on their way the marks are of before them: let the server say.
    if (!possible && this.sending.line.orders.length === 0) return
    this.hush()
    this.sending.send({ kind })
  }

  private bodyOf(step: Step): unknown {
    if (step.kind !== 'edit') return { revision: this.head.revision }
    const base: Record<string, number> = {}
    for (const id of meant(step.edit, this.coverage, this.state.town?.census ?? null)) {
      const grid = this.grids.value.get(id)
      if (grid !== undefined) base[String(id)] = grid.revision
    }
    return { edit: step.edit, base }
  }

  private post(step: Step, body: unknown, operationId: string): Promise<Edited> {
    const send = { edit: sendEdit, undo: sendUndo, redo: sendRedo }[step.kind]
    const path = { plan_id: this.planId }
    return ask(send({ path, headers: operation(operationId), body: body as never }))
  }

  private done(answer: Edited): void {
    const expected = this.head.revision + 1
    this.state.hoped = new Map()
    this.state.told = answer.problems
    this.head.status = answer.status
    this.takeMarks(answer)
    this.takeIn(answer.changed, answer.removed)
    // Somebody else's edits lie between: fetch what they changed elsewhere.
    if (answer.revision !== expected) void this.load()
  }

  private takeAll(draft: Draft): void {
    this.head.status = draft.status
    this.head.targetHouseholds = draft.target_households
    this.head.tolerancePct = draft.tolerance_pct
    this.takeMarks(draft)
    const known = this.grids.value
    const still = new Set(draft.grids.map(({ grid_id }) => grid_id))
    this.takeIn(
      draft.grids.filter((grid) => isNews(known.get(grid.grid_id), grid)),
      [...known.keys()].filter((id) => !still.has(id)),
    )
  }

  private takeMarks(marks: Marks): void {
    this.head.revision = marks.revision
    this.head.can_undo = marks.can_undo
    this.head.can_redo = marks.can_redo
    this.head.undo_label = marks.undo_label
    this.head.redo_label = marks.redo_label
  }

  private takeIn(changed: readonly DraftGrid[], removed: readonly number[]): void {
    const faces: Face[] = []
    const shapes = new Map<number, Rings>()
    for (const id of removed) {
      this.grids.value.delete(id)
      this.painted.delete(id)
      this.selected.delete(id)
    }
    for (const grid of changed) {
      const { grid_id: id, area_id: areaId, locked } = grid
      const shape = this.paint(grid)
      this.painted.set(id, shape)
      this.grids.value.set(id, grid)
      shapes.set(id, shape.rings)
      faces.push({ id, areaId, locked, rings: shape.rings })
    }
    this.coverage.replace(removed, faces)
    this.state.town?.census.follow(removed, shapes)
    triggerRef(this.grids)
  }

  private paint(grid: DraftGrid): PaintedGrid {
    const rings = ringsOf(grid.geometry.coordinates)
    const words = { count: count(grid.households), off: offText(grid) }
    return {
      id: grid.grid_id,
      rings,
      box: boxOf(rings),
      deviation: this.deviationFor(grid),
      locked: grid.locked,
      label: [i18n.global.t('editor.householdsOff', words).trim(), grid.name],
      nameplace: nameplace(rings),
    }
  }
}

/** Whether the server tells something of a grid that is not on the desk yet. */
function isNews(known: DraftGrid | undefined, grid: DraftGrid): boolean {
  return (
    known === undefined ||
    known.revision !== grid.revision ||
    known.households !== grid.households ||
    known.off_pct !== grid.off_pct ||
    known.problems.length !== grid.problems.length
  )
}

export function offText(grid: DraftGrid): string {
  return grid.off_pct === null ? '' : signedPct(grid.off_pct)
}
