/** Moving a card on the board: which step leads from its column to another. */

import { type Action, nextState } from '@/case/actions'
import type { BoardCase } from '@/client'

export type State = BoardCase['state']

/** Steps that leave the column, the likeliest first. */
const FORWARD: readonly Action[] = [
  'confirm',
  'dispatch',
  'accept',
  'handle',
  'verify',
  'suspend',
  'resume',
  'return',
  'rework',
  'withdraw',
]
/** The step that is mostly next, by state; the first that one may take. */
const NEXT: Partial<Record<State, readonly Action[]>> = {
  reported: ['dispatch', 'confirm', 'handle'],
  filed: ['dispatch', 'handle'],
  dispatched: ['accept', 'handle', 'dispatch'],
  accepted: ['grant-extension', 'handle'],
  handled: ['verify', 'rework'],
  verified: ['close', 'rework'],
  suspended: ['resume'],
}

/** The one step that a card offers at once; null: there is nothing for this person to do. */
export function nextStep(card: Pick<BoardCase, 'state' | 'actions'>): Action | null {
  return NEXT[card.state]?.find((action) => card.actions.includes(action)) ?? null
}

/** Steps that a card offers beside it. */
export function furtherSteps(card: Pick<BoardCase, 'state' | 'actions'>): Action[] {
  const first = nextStep(card)
  return (card.actions as Action[]).filter((action) => action !== first)
}

/** The step that leads into another column, or null when none that one may take does. */
export function stepTo(
  card: Pick<BoardCase, 'state' | 'actions' | 'unit'>,
  to: State,
): Action | null {
  if (card.state === to) return null
  const detail = { state: card.state, unit: card.unit }
  return (
    FORWARD.find((action) => {
      if (!card.actions.includes(action)) return false
      // Where going on leads to, the case itself knows: to where it was.
      if (action === 'resume') return to !== 'handled' && to !== 'verified'
      if (action === 'withdraw') return card.state === 'handled' && to === 'accepted'
      return nextState(action, detail) === to
    }) ?? null
  )
}
