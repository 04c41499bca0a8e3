/** Columns of the table of cases. */
import type { FilterIn } from '@/client'

export type Column = NonNullable<FilterIn['columns']>[number]

export const COLUMNS: readonly Column[] = [
  'number',
  'severity',
  'category',
  'address',
  'area',
  'grid',
  'unit',
  'state',
  'source',
  'deadline',
  'received',
  'photos',
  'external_number',
]
export const USUAL: readonly Column[] = [
  'number',
  'severity',
  'category',
  'address',
  'unit',
  'state',
  'deadline',
  'received',
]

/** Columns as an address holds them; none that is known: the usual ones. */
export function readColumns(text: string | undefined): Column[] {
  const wanted = (text ?? '').split(',')
  const found = COLUMNS.filter((name) => wanted.includes(name))
  return found.length > 0 ? found : [...USUAL]
}

export function writeColumns(columns: readonly Column[]): string {
  const text = COLUMNS.filter((name) => columns.includes(name)).join(',')
  return text === USUAL.join(',') ? '' : text
}
