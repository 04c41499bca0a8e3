/** What a line of a case's ledger says, in words. */
import type { LedgerLine } from '@/api/types'
import type { Category, Course } from '@/client'
import { i18n, nameIn, word } from '@/i18n'
import { fullTime } from '@/i18n/format'

const t = i18n.global.t
const LEVELS = ['grid', 'community', 'zone', 'street', 'district']
/** A device that tells us later than this was without a net, or somebody wrote it up afterwards. */
const LATE_MS = 10 * 60_000

export interface Around {
  units: Course['units']
  related: Course['related']
  category: Category | undefined
}

function unitNamed(around: Around, id: unknown): string {
  const unit = around.units.find((one) => one.id === id)
  return unit === undefined ? '' : nameIn(unit)
}

function moment(key: string, value: unknown): string {
  return typeof value === 'string' ? t(key, { day: fullTime(value) }) : ''
}

/** Answers to what the category asks, as `question: answer`. */
export function answersTold(line: LedgerLine, category: Category | undefined): string[] {
  const answers = line.facts.answers
  if (typeof answers !== 'object' || answers === null) return []
  return Object.entries(answers).map(([id, answer]) => {
    const question = category?.questions.find((one) => one.id === id)
    const asked = i18n.global.locale.value === 'en' ? question?.text_en : null
    return `${asked ?? question?.text ?? id} ${String(answer)}${question?.unit ?? ''}`
  })
}

function ofReport(line: LedgerLine, around: Around): string[] {
  const { facts } = line
  return [
    word('case.sources', facts.source),
    word('case.severity', facts.severity),
    facts.deadline_at === null ? t('case.noDeadline') : '',
    moment('casePage.told.deadline', facts.deadline_at),
    facts.grid_id === null ? t('case.outside') : '',
    facts.confirm_first === true ? t('casePage.told.confirmFirst') : '',
    facts.shape === undefined ? '' : t('casePage.told.shape'),
    ...answersTold(line, around.category),
  ]
}

/** What the line says beside its own words. */
export function told(line: LedgerLine, around: Around): string[] {
  const { action, facts } = line
  if (action === 'report') return ofReport(line, around).filter((words) => words !== '')
  const ids = Array.isArray(facts.unit_ids) ? facts.unit_ids : []
  const other = around.related.find(({ id }) => id === facts.case_id)
  return [
    ids.map((id) => unitNamed(around, id)).join('、'),
    action === 'dispatch' || action === 'report-in' ? unitNamed(around, facts.unit_id) : '',
    typeof facts.rule === 'string' ? t('casePage.told.rule', { name: facts.rule }) : '',
    facts.for_unit === undefined
      ? ''
      : t('action.forUnit', { unit: unitNamed(around, facts.for_unit) }),
    moment('action.untilDay', facts.until),
    moment('action.newDeadline', facts.deadline_at),
    facts.deadline_at === null ? t('case.noDeadline') : '',
    action === 'escalate'
      ? t('action.level', { level: word('action.levels', LEVELS[Number(facts.level)]) })
      : '',
    action === 'supervise' ? t('action.numbered', { number: String(facts.number) }) : '',
    facts.how === undefined ? '' : word('action.hows', facts.how),
    facts.sampled === true ? t('casePage.told.sampled') : '',
    typeof facts.plan_id === 'number' ? t('casePage.told.byPlan') : '',
    typeof facts.case_id === 'string'
      ? t('casePage.told.other', { number: other?.number ?? '' })
      : '',
    action === 'paper' ? paperTold(facts) : '',
    typeof facts.list === 'string' ? t('casePage.fromList', { source: facts.list }) : '',
  ].filter((words) => words !== '')
}

function paperTold(facts: LedgerLine['facts']): string {
  const kind = word('casePage.paperKinds', facts.kind)
  const step = facts.step === 'signed' ? 'signed' : 'issued'
  return t(`casePage.told.paper-${step}`, { kind, number: String(facts.number ?? '') })
}

/** When a line was written long after it happened; null: at once. */
export function writtenLater(line: LedgerLine): string | null {
  const behindMs = Date.parse(line.received_at) - Date.parse(line.occurred_at)
  return behindMs > LATE_MS ? line.occurred_at : null
}

/** The `seq` of lines by which it was put right after its deadline, as that stood then. */
export function putRightLate(lines: readonly LedgerLine[]): Set<number> {
  const late = new Set<number>()
  let due: string | null = null
  for (const line of lines) {
    const { deadline_at: set } = line.facts
    const done = line.action === 'handle' || line.action === 'rectify'
    if (done && due !== null && Date.parse(line.received_at) > Date.parse(due)) late.add(line.seq)
    if (set !== undefined) due = typeof set === 'string' ? set : null
  }
  return late
}
