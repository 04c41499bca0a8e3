/** A report as it is sent, and what it lacks before it can be. */
import type { CategoryQuestion, Report } from '@/client'
import type { LonLat } from '@/map/leaflet'
import type { Draft } from '@/state/draft'

const LEAST_CORNERS = { point: 0, line: 2, area: 3 }

/** Where a draft lies, roughly: enough to ask which grid and what is near. */
export function middleOf(draft: Pick<Draft, 'placeKind' | 'position' | 'corners'>): LonLat | null {
  if (draft.placeKind === 'point') return draft.position
  const { corners } = draft
  if (corners.length === 0) return null
  if (draft.placeKind === 'line') return corners[Math.floor(corners.length / 2)] ?? null
  const sum = corners.reduce(([x, y], [lon, lat]) => [x + lon, y + lat] as LonLat, [0, 0] as LonLat)
  return [sum[0] / corners.length, sum[1] / corners.length]
}

export function hasPlace(draft: Pick<Draft, 'placeKind' | 'position' | 'corners'>): boolean {
  if (draft.placeKind === 'point') return draft.position !== null
  return draft.corners.length >= LEAST_CORNERS[draft.placeKind]
}

export type AnswerFault = 'missing' | 'not-a-number' | 'out-of-range' | 'no-choice'

/** What is wrong with an answer as it was typed; null: nothing. The server asks the same. */
export function answerFault(question: CategoryQuestion, typed: string): AnswerFault | null {
  const answer = typed.trim()
  if (answer === '') return question.needed === true ? 'missing' : null
  if (question.kind === 'choice')
    return question.choices?.includes(answer) === true ? null : 'no-choice'
  if (question.kind === 'text') return null
  const number = Number(answer)
  if (!Number.isFinite(number)) return 'not-a-number'
  const low = typeof question.least === 'number' && number < question.least
  const high = typeof question.most === 'number' && number > question.most
  return low || high ? 'out-of-range' : null
}

function answersOf(
  questions: readonly CategoryQuestion[],
  typed: Draft['answers'],
): Record<string, string | number> {
  const answers: Record<string, string | number> = {}
  for (const { id, kind } of questions) {
    const answer = (typed[id] ?? '').trim()
    if (answer !== '') answers[id] = kind === 'number' ? Number(answer) : answer
  }
  return answers
}

function placeOf(draft: Draft): Partial<Report> {
  const corners = draft.corners.map(([lon, lat]) => [lon, lat])
  if (draft.placeKind === 'line') return { shape: { type: 'LineString', coordinates: corners } }
  if (draft.placeKind === 'area') {
    const ring = [...corners, corners[0]]
    return { shape: { type: 'Polygon', coordinates: [ring] } }
  }
  if (draft.position === null) return {}
  const [lon, lat] = draft.position
  return { lon, lat, ...(draft.accuracyM === null ? {} : { accuracy_m: draft.accuracyM }) }
}

/** The report of a draft that lacks nothing: the same draft, the same report. */
export function reportOf(draft: Draft, questions: readonly CategoryQuestion[]): Report {
  const told = (name: keyof Report, text: string) =>
    text.trim() === '' ? {} : { [name]: text.trim() }
  return {
    id: draft.id,
    category_id: Number(draft.categoryId),
    ...(draft.severity === '' ? {} : { severity: draft.severity as Report['severity'] }),
    ...placeOf(draft),
    datum: 'wgs84',
    ...told('address', draft.address),
    description: draft.description.trim(),
    ...(questions.length === 0 ? {} : { answers: answersOf(questions, draft.answers) }),
    ...told('owner', draft.owner),
    ...(draft.source === 'patrol' ? {} : told('external_number', draft.externalNumber)),
    occurred_at: draft.startedAt,
    source: draft.source,
  }
}

/** How a finder's own repair is told: in one step, or to its unit where the rules sent it on. */
export function fixingStep(actions: readonly string[]): 'rectify' | 'handle' | null {
  if (actions.includes('rectify')) return 'rectify'
  return actions.includes('handle') ? 'handle' : null
}
