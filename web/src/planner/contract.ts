/** The editor's end of the API: what a draft is, what can be done to it. */
import type { Draft, DraftGrid } from '@/client'
import type { LonLat } from '@/map/leaflet'

export type { Draft, DraftGrid, DraftProblem as Finding, EditAnswer as Edited } from '@/client'

export type GridKind = DraftGrid['kind']
export type Marks = Pick<Draft, 'revision' | 'can_undo' | 'can_redo' | 'undo_label' | 'redo_label'>

export interface MoveEdit {
  kind: 'move'
  vertices: { from: LonLat; to: LonLat }[]
  inserted: { between: readonly [LonLat, LonLat]; to: LonLat }[]
}
export type Edit =
  | MoveEdit
  | { kind: 'split'; grid_id: number; line: LonLat[] }
  | { kind: 'merge' | 'even-out' | 'lock' | 'unlock'; grid_ids: number[] }
  | { kind: 'give-building'; building_id: number; to_grid_id: number }
  | { kind: 'give-block'; point: LonLat; to_grid_id: number }
  | { kind: 'snap'; grid_ids: [number, number]; tolerance_m: number }
  | { kind: 'rename'; grid_id: number; name: string }
  | { kind: 'kind'; grid_id: number; value: GridKind }
  | { kind: 'renumber' }
