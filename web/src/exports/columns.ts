import type { NewExport } from '@/client'

export type ColumnKey = NonNullable<NewExport['columns']>[number]

/** Columns of an exported list, in their order. */
export const COLUMNS: ColumnKey[] = [
  'number',
  'external_number',
  'category_code',
  'category',
  'severity',
  'state',
  'overdue',
  'grid_code',
  'grid',
  'area',
  'address',
  'lon',
  'lat',
  'unit',
  'source',
  'occurred_at',
  'received_at',
  'deadline_at',
  'dispatched_at',
  'handled_at',
  'verified_at',
  'closed_at',
  'reworks',
  'photos',
  'description',
]

/** Free words may hold what is nobody's business: they go along only when they are asked for. */
export const USUAL: ColumnKey[] = COLUMNS.filter((key) => key !== 'description')
