/** A finished report on its way: its words, its photos, and that it was put right on the spot. */
import { ask } from '@/api/ask'
import { ApiProblem } from '@/api/problem'
import type { CaseBrief } from '@/api/types'
import { type Category, near, type Report } from '@/client'
import { i18n, nameIn } from '@/i18n'
import { uuid7 } from '@/lib/uuid7'
import { reportOf } from '@/report/body'
import { emptyDraft } from '@/state/draft'
import { enqueue, type NewOperation, recall, remember } from '../outbox'
import { photosToSend } from '../photo/album'
import { endRecordings } from '../voice/recorder'
import { draft, type FieldDraft, keepDraft } from './draft'
import type { Before } from './kinds'
import { NEAR_M, type NearCase, nearCases } from './near'

/** So long nothing leaves the phone, so that a slip of the thumb is undone. */
export const UNDO_MS = 10_000
/** Nobody waits longer for an answer that only helps. */
const ASK_MS = 3_000
const OWN_KEY = 'own-reports'
const MOST_OWN = 60

const t = i18n.global.t

/** Where nothing was typed, it says where to look or listen. */
function saidBy({ photos }: FieldDraft): string {
  if (!photos.some(({ role }) => role === 'voice')) return 'fieldWork.report.noWords'
  const seen = photos.some(({ role }) => role !== 'voice')
  return seen ? 'fieldVoice.noWordsPhoto' : 'fieldVoice.noWords'
}

export function bodyOf(made: FieldDraft, category: Category): Report {
  const { caseId, startedAt, place, accuracyM, address, note, answers } = made
  const words = note.trim() || t(saidBy(made), { kind: nameIn(category) })
  const position = place === null ? null : ([place.lon, place.lat] as [number, number])
  return reportOf(
    {
      ...emptyDraft(),
      ...{ id: caseId, startedAt: startedAt ?? new Date().toISOString(), categoryId: category.id },
      ...{ position, accuracyM, address, description: words, answers },
    },
    category.questions,
  )
}

/** Puts the draft into the outbox as it stands, whole or not at all. */
export async function sendReport(category: Category, gridId: number | null): Promise<void> {
  await endRecordings()
  const { caseId, fixed } = draft
  const subject = { caseId }
  const report: NewOperation = {
    ...{ id: uuid7(), path: '/api/v1/cases', subject },
    body: { ...bodyOf(draft, category) },
    label: { key: 'fieldWork.label.report', params: { kind: nameIn(category) } },
  }
  const photos = await photosToSend(draft, caseId, [report.id])
  const operations = [report]
  if (fixed) {
    operations.push({
      ...{ id: uuid7(), path: `/api/v1/cases/${caseId}/actions`, subject },
      body: { action: 'rectify', occurred_at: new Date().toISOString() },
      needs: [report.id, ...photos.map(({ id }) => id)],
      label: { key: 'fieldWork.label.fixed', params: { kind: nameIn(category) } },
    })
  }
  await enqueue(operations, photos, { holdMs: UNDO_MS })
  draft.categoryId = category.id
  draft.sentAt = Date.now()
  await keepDraft()
  await noteOwn({ categoryId: category.id, gridId, at: Date.now(), own: true })
}

/** The same thing again: what was seen goes to the case that is there. */
export async function joinCase(found: CaseBrief): Promise<void> {
  await enqueue([], await photosToSend(draft, found.id, []), { holdMs: UNDO_MS })
  draft.sentAt = Date.now()
  await keepDraft()
}

async function noteOwn(one: Before): Promise<void> {
  await remember(OWN_KEY, [one, ...(await ownReports())].slice(0, MOST_OWN))
}

export async function ownReports(): Promise<Before[]> {
  return (await recall<Before[]>(OWN_KEY)) ?? []
}

/** Open cases of the kind close by: as the server knows them, or else as the phone does. */
export async function sameNearby(
  category: Category,
  known: readonly CaseBrief[],
): Promise<NearCase[]> {
  const { place } = draft
  if (place === null) return []
  const here = nearCases(known, place, category.id)
  if (!navigator.onLine) return here
  try {
    const query = { category_id: category.id, ...place, datum: 'wgs84' as const }
    const told = await ask(near({ query, signal: AbortSignal.timeout(ASK_MS) }))
    return nearCases(told.items, place, null, Math.max(NEAR_M, told.metres))
  } catch (error) {
    if (!(error instanceof ApiProblem) && !(error instanceof DOMException)) throw error
    return here
  }
}
