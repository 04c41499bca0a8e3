/** The pointer on the map, and what a tool does with it. */
import type { LonLat } from '@/map/leaflet'
import type { CoverageLayer } from './CoverageLayer'
import type { Desk } from './desk'
import type { Projection } from './projection'

export interface Pointer {
  at: LonLat
  px: readonly [number, number]
  shift: boolean
  alt: boolean
}

/** Words that a tool wants shown: a key below `editor.hint` and what fills it in. */
export interface Hint {
  key: string
  params?: Record<string, unknown>
}

export interface Bench {
  desk: Desk
  layer: CoverageLayer
  projection: () => Projection
  say: (hint: Hint) => void
  /** Says why something cannot be done: a key below `editor.refuse`. */
  refuse: (key: string) => void
  householdsText: (id: number, households: number) => string
}

export interface Tool {
  hover: (pointer: Pointer) => void
  /** True where the tool takes hold of something: the map then stays where it is. */
  press: (pointer: Pointer) => boolean
  drag: (pointer: Pointer) => void
  release: (pointer: Pointer) => void
  click: (pointer: Pointer) => void
  doubleClick: (pointer: Pointer) => void
  finish: () => void
  stepBack: () => void
  /** Gives up what is half done; false where there was nothing. */
  cancel: () => boolean
}

/** A tool that does nothing; the real ones replace what they do. */
export function idleTool(): Tool {
  return {
    hover: () => undefined,
    press: () => false,
    drag: () => undefined,
    release: () => undefined,
    click: () => undefined,
    doubleClick: () => undefined,
    finish: () => undefined,
    stepBack: () => undefined,
    cancel: () => false,
  }
}

/** Selects the grid under the pointer; with Shift adds it to the selection or takes it out. */
export function selectAt({ desk }: Bench, { at, shift }: Pointer): void {
  const face = desk.coverage.faceAt(at)
  if (face === null) {
    if (!shift) desk.selected.clear()
    return
  }
  const was = desk.selected.has(face.id)
  if (!shift) desk.selected.clear()
  if (was && shift) desk.selected.delete(face.id)
  else desk.selected.add(face.id)
}

export function hoverAt({ desk, layer }: Bench, { at }: Pointer): void {
  const hovered = desk.coverage.faceAt(at)?.id ?? null
  if (hovered !== layer.shown.hovered) layer.put({ hovered })
}

export function selectingTool(bench: Bench): Tool {
  return {
    ...idleTool(),
    hover: (pointer) => hoverAt(bench, pointer),
    click: (pointer) => selectAt(bench, pointer),
  }
}
