/** The filters that are kept, one's own and the unit's, with how many cases each finds now. */
import { computed, reactive, ref } from 'vue'
import { ask } from '@/api/ask'
import { type FilterCount, filterCounts, type SavedFilters, savedFilters } from '@/client'
import { count } from '@/i18n/format'
import { useLoad } from '@/state/load'
import { freshness } from '@/state/status'
import { view } from '@/state/url'
import { type Asked, DEFAULT_SORT, fromKept, openUnlessAsked, readAsked, writeAsked } from './asked'
import { type Column, readColumns, writeColumns } from './columns'

/** What the address asks for; an address that asks for nothing means what is still to be done. */
export const asked = computed<Asked>(() => openUnlessAsked(readAsked(view.work)))
export const columns = computed<Column[]>(() => readColumns(view.work.cols))
export const sort = computed(() => asked.value.sort ?? DEFAULT_SORT)

/** Asks for something else; the columns stay. */
export function askFor(next: Asked, wanted: readonly Column[] = columns.value): void {
  const cols = writeColumns(wanted)
  view.work = { ...writeAsked(next), ...(cols === '' ? {} : { cols }) }
}

/** A condition more, another one, or (null) one less. */
export function change(part: Partial<Record<keyof Asked, unknown>>): void {
  askFor({ ...asked.value, ...part } as Asked)
}

export interface Filter {
  key: string
  name: string
  asked: Asked
  columns: Column[]
  own: boolean
  shared: boolean
  owner: string
  id: number | null
}

/** Filters with names of their own, and those that everybody finds there, put into words. */
export function filtersOf(told: SavedFilters, nameOf: (name: string) => string): Filter[] {
  return [
    ...told.built_in.map((one) => ({
      key: one.name,
      name: nameOf(one.name),
      asked: fromKept(one.asked, one.sort),
      columns: readColumns(undefined),
      own: false,
      shared: false,
      owner: '',
      id: null,
    })),
    ...told.items.map((one) => ({
      key: String(one.id),
      name: one.name,
      asked: fromKept(one.asked, one.sort),
      columns: readColumns(one.columns.join(',')),
      own: one.own,
      shared: one.shared,
      owner: one.owner_name,
      id: one.id,
    })),
  ]
}

/** Loads the filters and their counts; the counts follow what is told live. */
export function useFilters() {
  const version = ref(0)
  const kept = useLoad(
    () => 'filters',
    (_key, signal) => ask(savedFilters({ signal })),
  )
  const counted = reactive({ counts: new Map<string, FilterCount>() })
  const counts = useLoad(
    () => `${freshness.version}/${version.value}`,
    async (_key, signal) => {
      const { items } = await ask(filterCounts({ signal }))
      counted.counts = new Map(items.map((one) => [one.key, one]))
      return items
    },
  )
  function countOf(key: string): string {
    const found = counted.counts.get(key)
    if (found === undefined) return ''
    return found.more ? `${count(found.count)}+` : count(found.count)
  }
  function take(told: SavedFilters): void {
    kept.data = told
    version.value += 1
  }
  return { kept, counts, countOf, take }
}
