/** A report in the making: kept on the phone at each step, since the page may be killed at any. */
import { reactive } from 'vue'
import { uuid7 } from '@/lib/uuid7'
import { recall, remember } from '../outbox'
import { type Album, emptyAlbum } from '../photo/album'

export type Step = 'photo' | 'place' | 'kind' | 'rest'

export interface FieldDraft extends Album {
  /** The id that the case will have: put into the outbox twice it is one case. */
  caseId: string
  /** When it was found: its first photo, or else its first words. */
  startedAt: string | null
  step: Step
  place: { lon: number; lat: number } | null
  /** Metres; null where the place was set by hand. */
  accuracyM: number | null
  address: string
  note: string
  categoryId: number | null
  /** As they were typed, by the question's id. */
  answers: Record<string, string>
  /** Put right on the spot 即时处置. */
  fixed: boolean
  /** When the report was put into the outbox; null: it is still being made. */
  sentAt: number | null
}

const KEY = 'report-draft'

export function emptyDraft(): FieldDraft {
  return {
    caseId: uuid7(),
    startedAt: null,
    step: 'photo',
    photos: [],
    place: null,
    accuracyM: null,
    address: '',
    note: '',
    categoryId: null,
    answers: {},
    fixed: false,
    camera: null,
    sentAt: null,
  }
}

/** The draft of whoever works with the phone now. */
export const draft = reactive<FieldDraft>(emptyDraft())

export async function loadDraft(): Promise<void> {
  const kept = await recall<FieldDraft>(KEY)
  Object.assign(draft, emptyDraft(), kept ?? {})
}

export async function keepDraft(): Promise<void> {
  await remember(KEY, { ...draft })
}

/** Begins a new report; what was kept for undoing the last one is let go. */
export async function startAnew(fixed = false): Promise<void> {
  await emptyAlbum(draft)
  Object.assign(draft, emptyDraft(), { fixed })
  await keepDraft()
}

/** Takes words of a step that no longer fits its case into the report in the making, or a new one. */
export async function reportWords(words: string): Promise<void> {
  await loadDraft()
  if (draft.sentAt !== null) await startAnew()
  // What is being made already keeps its own words before these.
  draft.note = [draft.note, words].filter((one) => one !== '').join('\n')
  await keepDraft()
}
