/** The editor's end of the API: what a draft is, what can be done to it. */
import type { Draft, DraftGrid, EditRequest } from '@/client'

export type { Draft, DraftGrid, DraftProblem as Finding, EditAnswer as Edited } from '@/client'

export type GridKind = DraftGrid['kind']
export type Marks = Pick<Draft, 'revision' | 'can_undo' | 'can_redo' | 'undo_label' | 'redo_label'>

/** What is sent is only read here: positions on the map cannot be written to. */
type Fixed<T> = T extends object ? { readonly [K in keyof T]: Fixed<T[K]> } : T

/** An edit as the API takes it. */
export type Edit = Fixed<EditRequest['edit']>
