/** Which cases a file held, in words: the filter as it was asked for. */
import { i18n, word } from '@/i18n'

const { t, te } = i18n.global

export interface Names {
  categories: Map<number, string>
  areas: Map<number, string>
  units: Map<number, string>
}

/** One condition in words; a name that is no longer known is told by its number. */
function condition(key: string, value: unknown, names: Names): string {
  const named = (known: Map<number, string>) => known.get(Number(value)) ?? `#${String(value)}`
  const told: Record<string, () => string> = {
    state: () =>
      te(`exports.states.${String(value)}`)
        ? t(`exports.states.${String(value)}`)
        : word('case.state', value),
    severity: () => word('case.severity', value),
    category_id: () => named(names.categories),
    area_id: () => named(names.areas),
    unit_id: () => named(names.units),
    grid_id: () => `#${String(value)}`,
  }
  const said = value === true ? t('common.yes') : (told[key]?.() ?? String(value))
  return t('exportLog.condition', { name: word('exportLog.filter', key), value: said })
}

/** As people ask; the store keeps no order. */
const ORDER = ['state', 'from', 'to', 'category_id', 'severity', 'overdue', 'area_id', 'grid_id']
const place = (key: string) => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length)

export function casesInWords(asked: Record<string, unknown>, names: Names): string {
  const parts = Object.entries(asked)
    .filter(([, value]) => value !== null && value !== false && value !== '')
    .sort(([a], [b]) => place(a) - place(b))
    .map(([key, value]) => condition(key, value, names))
  return parts.join(t('exportLog.and')) || t('exportLog.allCases')
}

/** A size as people read it. */
export function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const kilo = bytes / 1024
  return kilo < 1024 ? `${kilo.toFixed(kilo < 10 ? 1 : 0)} KB` : `${(kilo / 1024).toFixed(1)} MB`
}
