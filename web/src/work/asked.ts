/** Which cases are asked for: in the address bar, in what is sent, and in words beside each other. */
import type { AskedCases, CasesData } from '@/client'

export type Asked = NonNullable<CasesData['query']>
export type Sort = NonNullable<Asked['sort']>
export type State = NonNullable<Asked['state']>

export const STATES: readonly State[] = [
  'open',
  'unhandled',
  'charged',
  'reported',
  'filed',
  'dispatched',
  'accepted',
  'handled',
  'verified',
  'suspended',
  'closed',
  'void',
  'all',
]
export const SORTS: readonly Sort[] = ['deadline', '-received', 'received']
export const SEVERITIES = ['red', 'yellow', 'blue'] as const
export const SOURCES = ['patrol', 'phone', 'hotline', 'message', 'inspection'] as const
/** Conditions that hold or are not asked for. */
export const MARKS = [
  'overdue',
  'mine',
  'nobodys',
  'returned',
  'extension',
  'called',
  'triage',
] as const
const IDS = ['category_id', 'area_id', 'grid_id', 'unit_id'] as const
const DAYS = ['from', 'to'] as const
export const DEFAULT_SORT: Sort = 'deadline'

const oneOf =
  (known: readonly string[]) =>
  (text: string): string | null =>
    known.includes(text) ? text : null
const whole =
  (most: number, least = 1) =>
  (text: string): number | null =>
    /^\d{1,15}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : null
const day = (text: string): string | null =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : null
const yes = (text: string): true | null => (text === '1' ? true : null)
const words = (text: string): string | null => text.trim().slice(0, 100) || null

/** What may be asked, in the order of the address, and how each is read. */
const READ: Record<string, (text: string) => string | number | true | null> = {
  state: oneOf(STATES),
  severity: oneOf(SEVERITIES),
  source: oneOf(SOURCES),
  ...Object.fromEntries(MARKS.map((name) => [name, yes])),
  ...Object.fromEntries(IDS.map((name) => [name, whole(Number.MAX_SAFE_INTEGER)])),
  ...Object.fromEntries(DAYS.map((name) => [name, day])),
  days: whole(366),
  due_days: whole(31, 0),
  q: words,
  sort: oneOf(SORTS),
}

export type Written = Record<string, string>

/** Reads what an address holds; what makes no sense is not asked. */
export function readAsked(written: Written): Asked {
  const asked: Record<string, unknown> = {}
  for (const [name, read] of Object.entries(READ)) {
    const value = read(written[name] ?? '')
    if (value !== null) asked[name] = value
  }
  return asked as Asked
}

/** Writes a filter for the address; `readAsked` reads it back. */
export function writeAsked(asked: Asked): Written {
  const written: Written = {}
  for (const name of Object.keys(READ)) {
    const value = (asked as Record<string, unknown>)[name]
    if (value === undefined || value === null || value === false || value === '') continue
    written[name] = value === true ? '1' : String(value)
  }
  return written
}

/** A filter as the API keeps it: without its order, and without what it leaves open. */
export function keptAsked(asked: Asked): AskedCases {
  const { sort: _sort, ...rest } = readAsked(writeAsked(asked))
  return rest as AskedCases
}

/** The filter that one kept means. */
export function fromKept(kept: AskedCases, sort: Sort): Asked {
  return readAsked({ ...writeAsked(kept as Asked), sort })
}

/** Whether two ask for the same in the same order. */
export function sameAsked(one: Asked, other: Asked): boolean {
  const text = (asked: Asked) =>
    JSON.stringify(Object.entries(writeAsked({ sort: DEFAULT_SORT, ...asked })).sort())
  return text(one) === text(other)
}

/** Without any condition, cases that are not closed. */
export function openUnlessAsked(asked: Asked): Asked {
  return conditions(asked) === 0 ? { ...asked, state: 'open' } : asked
}

/** How many conditions there are; the order is none. */
export function conditions(asked: Asked): number {
  return Object.keys(writeAsked(asked)).filter((name) => name !== 'sort').length
}
