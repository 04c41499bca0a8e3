/** One list on its way from a file to cases: what was said of it, and what the server tells. */
import { reactive } from 'vue'
import { ask, FROM_HERE, operation } from '@/api/ask'
import { ApiProblem } from '@/api/problem'
import {
  checkList,
  importList,
  type ListCheck,
  type ListImport,
  type ListLayout,
  type ListPreview,
  listFaults,
  previewList,
  reportList,
  type UnknownListWord,
} from '@/client'
import { language } from '@/i18n'
import { uuid7 } from '@/lib/uuid7'

export type Step = 'file' | 'layout' | 'check' | 'import'
export type WordField = UnknownListWord['field']

/** What a word of the list stands for; "" leaves its rows out. */
export interface SaidWord {
  field: WordField
  word: string
  meaning: string
}

interface ListOrder {
  area_id: number
  layout: ListLayout
  words: SaidWord[]
  id?: string
  accept_struck_off?: boolean
}

/** Our fields, in the order in which they are asked for. */
export const FIELDS = [
  'external_number',
  'reported_at',
  'category',
  'description',
  'address',
  'lon',
  'lat',
  'severity',
  'source',
  'reporter_unit',
  'state',
  'struck_off_at',
] as const
export const CHANNELS = ['hotline', 'phone', 'message', 'inspection', 'patrol'] as const
export const DATUMS = ['wgs84', 'cgcs2000', 'gcj02', 'bd09'] as const
/** Blanks of these may stand for merged cells that a CSV has lost. */
export const MERGED_FIELDS = ['reported_at', 'source', 'reporter_unit', 'category']
const POLL_MS = 1000

export interface ListSession {
  step: Step
  areaId: number | null
  file: File | null
  preview: ListPreview | null
  layout: ListLayout
  words: Record<string, SaidWord>
  acceptStruckOff: boolean
  check: ListCheck | null
  import: ListImport | null
  busy: '' | 'reading' | 'checking' | 'sending' | 'writing'
  problem: ApiProblem | null
}

function emptySession(): ListSession {
  return {
    step: 'file',
    areaId: null,
    file: null,
    preview: null,
    layout: {},
    words: {},
    acceptStruckOff: false,
    check: null,
    import: null,
    busy: '',
    problem: null,
  }
}

export const list = reactive<ListSession>(emptySession())

/** Another file of the same office: the area stays. */
export function startAgain(): void {
  clearTimeout(timer)
  Object.assign(list, emptySession(), { areaId: list.areaId })
}

function order(more: Partial<ListOrder> = {}): string {
  const told: ListOrder = {
    area_id: list.areaId ?? 0,
    layout: list.layout,
    words: Object.values(list.words).filter(({ meaning }) => meaning !== UNSAID),
    ...more,
  }
  return JSON.stringify(told)
}

/** A choice that was not made; "" stands for leaving rows out. */
export const UNSAID = '?'

async function during<T>(
  what: ListSession['busy'],
  work: (file: File) => Promise<T>,
): Promise<T | null> {
  if (list.file === null || list.areaId === null || list.busy !== '') return null
  list.busy = what
  list.problem = null
  try {
    return await work(list.file)
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    list.problem = error
    return null
  } finally {
    list.busy = ''
  }
}

/** Takes a file; one of a header that is known goes straight to its check. */
export async function takeFile(file: File): Promise<void> {
  Object.assign(list, emptySession(), { areaId: list.areaId, file })
  await readLayout()
  if (list.preview === null) return
  list.step = 'layout'
  if (list.preview.remembered && (list.layout.source ?? '') !== '') await check()
}

/** Reads the file anew with what was said of its sheets and its header. */
export async function readLayout(): Promise<void> {
  const told = await during('reading', (file) =>
    ask(previewList({ body: { file, order: order() }, headers: FROM_HERE })),
  )
  if (told === null) return
  list.preview = told
  list.layout = { ...told.layout }
}

/** Other sheets or header rows have other columns: these are proposed anew. */
export async function readAnew(change: Partial<ListLayout>): Promise<void> {
  const before = list.layout
  list.layout = { ...before, ...change, columns: null, filled_down: null }
  await readLayout()
  if (list.problem !== null) list.layout = before
}

export async function check(): Promise<void> {
  const told = await during('checking', (file) =>
    ask(checkList({ body: { file, order: order() }, headers: FROM_HERE })),
  )
  if (told === null) return
  list.check = told
  for (const { field, word } of told.words) {
    list.words[keyOf(field, word)] ??= { field, word, meaning: UNSAID }
  }
  list.step = 'check'
}

export function keyOf(field: WordField, word: string): string {
  return `${field}/${word}`
}

let operationId = ''
let importId = ''

export async function send(): Promise<void> {
  // The same again after a lost answer: the server does it once.
  operationId ||= uuid7()
  importId ||= uuid7()
  const told = await during('sending', (file) =>
    ask(
      importList({
        body: { file, order: order({ id: importId, accept_struck_off: list.acceptStruckOff }) },
        headers: operation(operationId),
      }),
    ),
  )
  if (list.problem === null || !list.problem.retryable) {
    operationId = ''
    importId = ''
  }
  if (told === null) return
  list.import = told
  list.step = 'import'
  watchImport()
}

let timer: ReturnType<typeof setTimeout> | undefined

export function watchImport(): void {
  clearTimeout(timer)
  timer = setTimeout(() => void follow(), POLL_MS)
}

async function follow(): Promise<void> {
  if (list.import === null) return
  try {
    list.import = await ask(reportList({ path: { list_id: list.import.id } }))
    list.problem = null
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    list.problem = error
    if (!error.retryable) return
  }
  if (list.import.state === 'waiting' || list.import.state === 'running') watchImport()
}

/** Writes the rows that cannot be cases into a workbook, to mend and bring again. */
export async function saveFaults(): Promise<void> {
  const blob = await during('writing', (file) =>
    ask(
      listFaults({
        body: { file, order: order() },
        headers: FROM_HERE,
        query: { lang: language() === 'en' ? 'en' : 'zh' },
        parseAs: 'blob',
      }),
    ),
  )
  if (!(blob instanceof Blob)) return
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  const stem = (list.file?.name ?? 'list').replace(/\.[^.]+$/, '')
  link.download = `${stem}-${language() === 'en' ? 'not imported' : '未导入'}.xlsx`
  link.click()
  URL.revokeObjectURL(link.href)
}
