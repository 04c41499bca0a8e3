/** What of the course of a case the client has to know. */
import type { CaseBrief } from '@/api/types'

type State = CaseBrief['state']

const TO_BE_PUT_RIGHT: readonly State[] = ['reported', 'filed', 'dispatched', 'accepted']

/** Whether a case is still to be put right: then its clock runs. */
export function isToBePutRight(state: State): boolean {
  return TO_BE_PUT_RIGHT.includes(state)
}

/** Whether a case is off the list: closed, or no hazard. */
export function isOver(state: State): boolean {
  return state === 'closed' || state === 'void'
}
