/** The planner's tools over one desk: which is in hand, what it says, what keys do. */
import { shallowReactive } from 'vue'
import { type Action, act } from './actions'
import type { CoverageLayer } from './CoverageLayer'
import type { Desk } from './desk'
import { givingTool } from './giving'
import { movingTool } from './moving'
import { type Bench, type Hint, selectingTool, type Tool } from './pointer'
import { splittingTool } from './splitting'

export const TOOL_NAMES = [
  'select',
  'move',
  'insert',
  'split',
  'give-building',
  'give-block',
] as const
export type ToolName = (typeof TOOL_NAMES)[number]
export const ACTION_NAMES = ['merge', 'even-out', 'snap', 'lock'] as const

/** Keys of tools and actions; letters as on the keyboard, without Ctrl. */
export const KEYS: Record<ToolName | Action, string> = {
  select: 'V',
  move: 'M',
  insert: 'I',
  split: 'S',
  'give-building': 'B',
  'give-block': 'K',
  merge: 'G',
  'even-out': 'E',
  snap: 'N',
  lock: 'L',
}

export interface BenchState {
  tool: ToolName
  hint: Hint
  /** Key below `editor.refuse` of why the last try did nothing, or null. */
  refusal: string | null
  toleranceM: number
}

export type Workbench = ReturnType<typeof openBench>

export function openBench(
  desk: Desk,
  layer: CoverageLayer,
  householdsText: Bench['householdsText'],
) {
  const state = shallowReactive<BenchState>({
    tool: 'select',
    hint: { key: 'select' },
    refusal: null,
    toleranceM: 15,
  })
  const bench: Bench = {
    desk,
    layer,
    projection: () => layer.projection(),
    say: (hint) => {
      state.hint = hint
    },
    refuse: (key) => {
      state.refusal = key
    },
    householdsText,
  }
  const tools: Record<ToolName, Tool> = {
    select: selectingTool(bench),
    move: movingTool(bench, false),
    insert: movingTool(bench, true),
    split: splittingTool(bench),
    'give-building': givingTool(bench, 'building'),
    'give-block': givingTool(bench, 'block'),
  }

  function take(name: ToolName): void {
    tools[state.tool].cancel()
    layer.put({ handles: [], grip: null })
    state.tool = name
    state.hint = { key: name }
    state.refusal = null
  }

  /** The tool in hand; what it refused before is no longer said. */
  function inHand(): Tool {
    return tools[state.tool]
  }

  return {
    state,
    take,
    inHand,
    act(action: Action): void {
      state.refusal = act(action, desk, state.toleranceM)
    },
    /** Gives up what is half done, then the tool, then the selection. */
    cancel(): void {
      state.refusal = null
      if (inHand().cancel()) return
      if (state.tool !== 'select') take('select')
      else desk.selected.clear()
    },
  }
}

/** What a key stands for when nothing is being typed; null for none of ours. */
export function meaningOf(event: KeyboardEvent): string | null {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key
  if (event.ctrlKey || event.metaKey) {
    if (key === 'Z') return event.shiftKey ? 'redo' : 'undo'
    return key === 'Y' ? 'redo' : null
  }
  if (event.altKey) return null
  const special: Record<string, string> = {
    Escape: 'cancel',
    Enter: 'finish',
    Backspace: 'stepBack',
    F2: 'rename',
    F: 'fit',
    P: 'nextProblem',
    '?': 'keys',
    '？': 'keys',
  }
  if (special[key] !== undefined) return special[key]
  const found = Object.entries(KEYS).find(([, letter]) => letter === key)
  return found?.[0] ?? null
}

/** Whether keys belong to a field that is being filled in, or to a dialogue. */
export function isTyping(target: EventTarget | null): boolean {
  const element = target instanceof HTMLElement ? target : null
  return element?.closest('input, textarea, select, [role="dialog"]') !== null && element !== null
}
