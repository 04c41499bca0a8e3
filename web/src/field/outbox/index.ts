/** The outbox and what the phone knows: all that pages of the field app need of them. */
export { amend, cancel, dependents, drop, retry } from './changes'
export { drain, draining } from './drainer'
export { forget, type Known, recall, remember, useKnown } from './known'
export { enqueue, isTroubled, queue, troubled, unsent } from './outbox'
export { sha256Hex } from './sha256'
export { problemFrom } from './transport'
export type { Item, ItemState, Label, NewOperation, NewPhoto, Subject } from './types'
