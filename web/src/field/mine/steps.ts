/** The steps that an officer takes on a phone, and one of them in the making. */
import type { CaseDetail } from '@/api/types'
import type { Action } from '@/case/actions'
import { type PhotoAsked, photosAsked, TEXT_NEEDED } from '@/case/actions'
import type { ActionOnCase, BoardCase, Category } from '@/client'
import { i18n, nameIn, word } from '@/i18n'
import { uuid7 } from '@/lib/uuid7'
import { enqueue, forget, recall, remember } from '../outbox'
import { type Album, emptyAlbum, photosOf, photosToSend } from '../photo/album'

const t = i18n.global.t

/** In this order, as large buttons; what needs a desk (units, dates) is not offered here. */
export const FIELD_MAIN: readonly Action[] = [
  'verify',
  'rework',
  'confirm',
  'reject',
  'rectify',
  'handle',
]
export const FIELD_MORE: readonly Action[] = ['withdraw', 'answer', 'escalate', 'appeal']

export function offered(actions: readonly string[], of: readonly Action[]): Action[] {
  return of.filter((action) => actions.includes(action))
}

export interface StepDraft extends Album {
  caseId: string
  action: Action
  text: string
  how: 'phone' | 'message' | 'in-person'
}

const keyOf = (caseId: string) => `step-${caseId}`

/** A step that was begun on this phone and not finished, perhaps since the page was killed. */
export function begunStep(caseId: string): Promise<StepDraft | null> {
  return recall<StepDraft>(keyOf(caseId))
}

export function newStep(caseId: string, action: Action): StepDraft {
  return { caseId, action, text: '', how: 'in-person', photos: [], camera: null }
}

export function keepStep(made: StepDraft): Promise<void> {
  return remember(keyOf(made.caseId), { ...made })
}

export async function dropStep(made: StepDraft): Promise<void> {
  await emptyAlbum(made)
  await forget(keyOf(made.caseId))
}

/** What a step needs photos of; without the details of a case what may be needed is welcome. */
export function photosFor(
  action: Action,
  detail: CaseDetail | null,
  proof: Category['proof'] | undefined,
): PhotoAsked[] {
  if (detail !== null) return photosAsked(action, detail, proof)
  const nothing = { photos: [], ledger: [] }
  return photosAsked(action, nothing, proof).map((one) => ({
    ...one,
    // Of a repair there may be photos already that this phone has not seen.
    needed: one.needed && action === 'rectify',
  }))
}

/** What the step still lacks, in words; null: it can go. */
export function lackOf(made: StepDraft, asked: readonly PhotoAsked[]): string | null {
  const silent = made.text.trim() === '' && photosOf(made, 'voice').length === 0
  if (TEXT_NEEDED.includes(made.action) && silent) return t('action.textNeeded')
  const bare = asked.find(({ role, needed }) => needed && photosOf(made, role).length === 0)
  return bare === undefined ? null : t(`casePage.need.${bare.role}`)
}

/** Puts the step and its photos into the outbox, to count from the `seq` that was seen. */
export async function sendStep(
  made: StepDraft,
  found: Pick<BoardCase, 'seq' | 'category'>,
): Promise<void> {
  const { caseId, action, text, how } = made
  const photos = await photosToSend(made, caseId, [])
  const spoken = photos.some(({ role }) => role === 'voice') ? t('fieldVoice.stepWords') : ''
  const words = text.trim() || spoken
  const body: ActionOnCase = {
    action,
    seq: found.seq,
    occurred_at: new Date().toISOString(),
    ...(words === '' ? {} : { text: words }),
    ...(action === 'answer' ? { how } : {}),
  }
  const kind = nameIn(found.category)
  const operation = {
    id: uuid7(),
    path: `/api/v1/cases/${caseId}/actions`,
    body: { ...body },
    needs: photos.map(({ id }) => id),
    label: { key: 'fieldWork.label.step', params: { action: word('action', action), kind } },
    subject: { caseId },
  }
  await enqueue([operation], photos, { holdMs: 10_000 })
  await dropStep(made)
}
