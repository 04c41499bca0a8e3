/** What can be done at once to the selected grids. */
import type { Coverage } from './coverage'
import type { Desk } from './desk'

export type Action = 'merge' | 'even-out' | 'snap' | 'lock'

/** Why an action is not possible on these grids: a key below `editor.refuse`, or null. */
export function refusalOf(
  action: Action,
  coverage: Coverage,
  ids: readonly number[],
): string | null {
  const faces = ids.flatMap((id) => coverage.face(id) ?? [])
  if (faces.length === 0) return 'noSelection'
  if (action === 'lock') return null
  if (action === 'snap' && faces.length !== 2) return 'snapTwo'
  if (faces.length < 2) return 'mergeTwo'
  if (faces.some(({ locked }) => locked)) return 'locked'
  if (new Set(faces.map(({ areaId }) => areaId)).size > 1) return 'twoAreas'
  if (!coverage.areJoined(ids)) return 'notJoined'
  return null
}

/** Carries an action out on the selection; the key of a refusal, or null when it is on its way. */
export function act(action: Action, desk: Desk, toleranceM: number): string | null {
  const ids = [...desk.selected]
  const refusal = refusalOf(action, desk.coverage, ids)
  if (refusal !== null) return refusal
  if (action === 'lock') {
    const allLocked = ids.every((id) => desk.coverage.face(id)?.locked)
    desk.submit({ kind: allLocked ? 'unlock' : 'lock', grid_ids: ids })
  } else if (action === 'snap') {
    desk.submit({ kind: 'snap', grid_ids: ids as [number, number], tolerance_m: toleranceM })
  } else desk.submit({ kind: action, grid_ids: ids })
  return null
}
