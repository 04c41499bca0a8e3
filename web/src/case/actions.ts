/** What each step of a case asks of who takes it, and where it leads. */
import type { CaseDetail } from '@/api/types'
import type { ActionOnCase, Category } from '@/client'

export type Action = ActionOnCase['action']
export type Role = 'before' | 'after'
type State = CaseDetail['state']

/** What is not done without saying why. */
export const TEXT_NEEDED: readonly Action[] = [
  'reject',
  'return',
  'withdraw',
  'rework',
  'void',
  'ask-extension',
  'refuse-extension',
  'suspend',
  'supervise',
  'escalate',
  'whistle',
  'answer',
  'appeal',
  'dismiss-appeal',
  'reopen',
]
/** Shown at once; the others on demand. */
export const MAIN: readonly Action[] = [
  'confirm',
  'reject',
  'dispatch',
  'accept',
  'return',
  'rectify',
  'handle',
  'verify',
  'rework',
  'close',
  'grant-extension',
  'refuse-extension',
  'resume',
  'report-in',
  'dismiss-appeal',
  'reopen',
  'place',
  'void',
]
/** Not what is hoped for. */
export const QUIET: readonly Action[] = [
  'reject',
  'return',
  'rework',
  'refuse-extension',
  'dismiss-appeal',
  'reopen',
  'place',
  'void',
]
/** Where a step always leads; `docs/states.md` says the same. The others stay, or it depends. */
export const LEADS_TO: Partial<Record<Action, State>> = {
  confirm: 'filed',
  reject: 'void',
  dispatch: 'dispatched',
  accept: 'accepted',
  return: 'filed',
  handle: 'handled',
  verify: 'verified',
  close: 'closed',
  suspend: 'suspended',
  merge: 'void',
  void: 'void',
}

/** The state a case comes to by a step, where that is certain beforehand. */
export function nextState(
  action: Action,
  detail: Pick<CaseDetail, 'unit' | 'state'>,
): State | null {
  // What is sent back goes to the unit that was charged with it.
  if (action === 'rework' || action === 'reopen')
    return detail.unit === null ? 'filed' : 'dispatched'
  return LEADS_TO[action] ?? null
}

type Shown = Pick<CaseDetail, 'photos' | 'ledger'>

/** Photos of a repair count from when it was last sent back. */
function counting(detail: Shown, role: Role): number {
  const again = detail.ledger.findLast(({ action }) => action === 'rework' || action === 'reopen')
  const since = role === 'after' ? (again?.received_at ?? '') : ''
  return detail.photos.filter((one) => one.role === role && since < one.received_at).length
}

export interface PhotoAsked {
  role: Role
  /** It is not done without; otherwise it is welcome. */
  needed: boolean
}

/** Which photos the form of a step takes, given what there is to see already. */
export function photosAsked(
  action: Action,
  detail: Shown,
  proof: Category['proof'] | undefined,
): PhotoAsked[] {
  const lacks = (role: Role) => counting(detail, role) === 0
  switch (action) {
    case 'rectify':
      return (['before', 'after'] as const).filter(lacks).map((role) => ({ role, needed: true }))
    case 'handle':
      return [{ role: 'after', needed: false }]
    case 'verify': {
      const asked: Role[] = proof === 'none' ? [] : ['after']
      if (proof === 'before-and-after') asked.unshift('before')
      return asked.filter(lacks).map((role) => ({ role, needed: true }))
    }
    default:
      return []
  }
}
