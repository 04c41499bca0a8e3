/** The address bar holds place, layers, selection and period, so that a link shows the same. */
import { reactive, watch } from 'vue'
import { isThemeName, type ThemeName } from '@/map/themes'

export type Selection = { type: 'grid' | 'case' | 'temporary'; id: string }
/** Lists of cases as a work place: table, board by state, desk of a unit. */
export type WorkPanel = 'cases' | 'board' | 'desk'
export type DutyPanel = 'duty' | 'rota' | 'routing' | 'handovers'
export type PanelName =
  | 'overview'
  | 'report'
  | 'triage'
  | 'hotspots'
  | 'patrols'
  | 'plans'
  | 'temporary'
  | 'lists'
  | 'admin'
  | 'account'
  | DutyPanel
  | WorkPanel
export type LayerName =
  | 'areas'
  | 'roads'
  | 'buildings'
  | 'grids'
  | 'temporary'
  | 'cases'
  | 'hotspots'
  | 'tracks'
  | 'streets'
export type HotspotUnit = 'h3' | 'grid' | 'density'

export interface View {
  at: { lon: number; lat: number; zoom: number } | null
  theme: ThemeName
  layers: LayerName[]
  selection: Selection | null
  panel: PanelName
  caseState: 'open' | 'all'
  hotspotUnit: HotspotUnit
  /** End day of the hotspot period, or null for the latest. */
  period: string | null
  shift: string | null
  /** The grid whose patrols are listed, or null for all. */
  patrolsOf: string | null
  /** The plan that is open in the editor, or null for none. */
  plan: string | null
  /** The case that has the page to itself, by its id or number, or null for none. */
  page: string | null
  /** What the lists of cases ask for, as written in the address. */
  work: Record<string, string>
  /** The page of administration that is open, and what on it (`people/<id>`), or null. */
  adminPage: string | null
  /** The day that the grids are shown as of (YYYY-MM-DD), or null for today. */
  day: string | null
  wall: boolean
}

export const ALL_LAYERS: LayerName[] = [
  'grids',
  'temporary',
  'cases',
  'hotspots',
  'tracks',
  'streets',
  'areas',
  'roads',
  'buildings',
]
const DEFAULT_LAYERS: LayerName[] = ['grids', 'temporary', 'cases', 'areas', 'roads', 'buildings']
export const DUTY_PANELS: DutyPanel[] = ['duty', 'rota', 'routing', 'handovers']
export const WORK_PANELS: WorkPanel[] = ['cases', 'board', 'desk']
const PANELS: PanelName[] = [
  'overview',
  'report',
  'triage',
  'hotspots',
  'patrols',
  'plans',
  'temporary',
  'lists',
  'admin',
  'account',
  ...DUTY_PANELS,
  ...WORK_PANELS,
]
const UNITS: HotspotUnit[] = ['h3', 'grid', 'density']

export function defaultView(): View {
  return {
    at: null,
    theme: 'rectification',
    layers: [...DEFAULT_LAYERS],
    selection: null,
    panel: 'overview',
    caseState: 'open',
    hotspotUnit: 'h3',
    period: null,
    shift: null,
    patrolsOf: null,
    plan: null,
    page: null,
    work: {},
    adminPage: null,
    day: null,
    wall: false,
  }
}

function oneOf<T extends string>(value: string | null, known: readonly T[], otherwise: T): T {
  return known.find((name) => name === value) ?? otherwise
}

function parseAt(text: string | null): View['at'] {
  const numbers = (text ?? '').split(',').map(Number)
  const [lon, lat, zoom] = numbers
  if (numbers.length !== 3 || lon === undefined || lat === undefined || zoom === undefined) {
    return null
  }
  const valid =
    numbers.every(Number.isFinite) && Math.abs(lon) <= 180 && Math.abs(lat) <= 85.06 && zoom >= 1
  return valid ? { lon, lat, zoom: Math.min(19, zoom) } : null
}

function parseSelection(text: string | null): Selection | null {
  const match = /^(grid|case|temporary):([0-9a-f-]{1,36})$/i.exec(text ?? '')
  return match ? { type: match[1] as Selection['type'], id: match[2] ?? '' } : null
}

/** A day as YYYY-MM-DD that the calendar knows, or null. */
function dayOf(text: string | null): string | null {
  if (text === null || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null
  const moment = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text) ? text : null
}

/** `#/case/2026000123?panel=duty`: the case, and what lies under its page. */
const CASE_PAGE = /^#\/case\/([0-9a-f-]{1,40})(?:\?(.*))?$/i

/** `#/cases?overdue=1`: a list of cases and what it asks for; under a page they are marked. */
const WORK = /^#\/(cases|board|desk)(?:\?(.*))?$/
const WORK_MARK = 'f.'

function workOf(query: URLSearchParams): Record<string, string> {
  const marked = [...query].filter(([key]) => key.startsWith(WORK_MARK))
  return Object.fromEntries(marked.map(([key, value]) => [key.slice(WORK_MARK.length), value]))
}

/** Reads a hash; what is missing or makes no sense falls back to the default. */
export function parseHash(hash: string): View {
  const page = CASE_PAGE.exec(hash)
  const work = WORK.exec(hash)
  const rest = page?.[2] ?? work?.[2] ?? (page || work ? '' : hash.replace(/^#/, ''))
  const query = new URLSearchParams(rest)
  const view = defaultView()
  const theme = query.get('theme')
  const layers = query.get('on')?.split(',')
  const period = dayOf(query.get('until'))
  const shift = query.get('shift')
  return {
    at: parseAt(query.get('at')),
    theme: theme !== null && isThemeName(theme) ? theme : view.theme,
    layers: layers ? ALL_LAYERS.filter((name) => layers.includes(name)) : view.layers,
    selection: parseSelection(query.get('sel')),
    panel: oneOf(work?.[1] ?? query.get('panel'), PANELS, view.panel),
    caseState: oneOf(query.get('cases'), ['open', 'all'], view.caseState),
    hotspotUnit: oneOf(query.get('hot'), UNITS, view.hotspotUnit),
    period,
    shift: shift !== null && /^[0-9a-f-]{36}$/i.test(shift) ? shift : null,
    patrolsOf: /^\d{1,18}$/.test(query.get('walked') ?? '') ? query.get('walked') : null,
    plan: /^\d{1,18}$/.test(query.get('plan') ?? '') ? query.get('plan') : null,
    page: page?.[1] ?? null,
    work: workOf(query),
    adminPage: /^[a-z]{1,20}(\/[a-z0-9-]{1,40})?$/.test(query.get('office') ?? '')
      ? query.get('office')
      : null,
    day: dayOf(query.get('day')),
    wall: query.get('wall') === '1',
  }
}

/** Writes a hash that `parseHash` reads back to the same view; defaults are left out. */
export function formatHash(view: View): string {
  const usual = defaultView()
  const parts: string[] = []
  const add = (key: string, value: string, otherwise: string) => {
    if (value !== otherwise) parts.push(`${key}=${value}`)
  }
  if (view.at !== null) {
    const { lon, lat, zoom } = view.at
    parts.push(`at=${lon.toFixed(5)},${lat.toFixed(5)},${zoom}`)
  }
  add('theme', view.theme, usual.theme)
  add('on', ALL_LAYERS.filter((name) => view.layers.includes(name)).join(','), layersText(usual))
  if (view.selection !== null) parts.push(`sel=${view.selection.type}:${view.selection.id}`)
  const works = WORK_PANELS.some((name) => name === view.panel)
  if (!works || view.page !== null) add('panel', view.panel, usual.panel)
  add('cases', view.caseState, usual.caseState)
  add('hot', view.hotspotUnit, usual.hotspotUnit)
  if (view.period !== null) parts.push(`until=${view.period}`)
  if (view.shift !== null) parts.push(`shift=${view.shift}`)
  if (view.patrolsOf !== null) parts.push(`walked=${view.patrolsOf}`)
  if (view.plan !== null) parts.push(`plan=${view.plan}`)
  if (view.adminPage !== null && view.panel === 'admin') parts.push(`office=${view.adminPage}`)
  if (view.day !== null) parts.push(`day=${view.day}`)
  if (view.wall) parts.push('wall=1')
  if (works) {
    for (const [key, value] of Object.entries(view.work))
      parts.push(`${WORK_MARK}${key}=${encodeURIComponent(value)}`)
  }
  const rest = parts.join('&')
  if (works && view.page === null) return `#/${view.panel}${rest === '' ? '' : `?${rest}`}`
  if (view.page !== null) return `#/case/${view.page}${rest === '' ? '' : `?${rest}`}`
  return rest === '' ? '' : `#${rest}`
}

function layersText(view: View): string {
  return ALL_LAYERS.filter((name) => view.layers.includes(name)).join(',')
}

export const view = reactive<View>(defaultView())

/** Reads the address once, then keeps address and view equal in both directions. */
export function bindAddressBar(): void {
  comeBack()
  Object.assign(view, parseHash(window.location.hash))
  if (new URLSearchParams(window.location.search).get('wall') === '1') view.wall = true
  window.addEventListener('popstate', () => Object.assign(view, parseHash(window.location.hash)))
  let lastStep = step()
  watch(view, () => {
    const hash = formatHash(view)
    if (hash === window.location.hash) return
    const address = `${window.location.pathname}${window.location.search}${hash}`
    // Moving the map replaces the entry; choosing something makes one, so that "back" undoes it.
    if (step() === lastStep) window.history.replaceState(null, '', address)
    else window.history.pushState(null, '', address)
    lastStep = step()
  })
}

const LEFT = 'sanbai.left'

/** Keeps the place on this device while the browser goes to an identity provider. */
export function leave(): void {
  sessionStorage.setItem(LEFT, window.location.hash)
}

/** Who comes back from there comes to the start: the place he left is put behind it. */
function comeBack(): void {
  const left = sessionStorage.getItem(LEFT)
  sessionStorage.removeItem(LEFT)
  if (left === null || window.location.hash !== '') return
  const { pathname, search } = window.location
  window.history.replaceState(null, '', `${pathname}${search}${left}`)
}

function step(): string {
  return `${view.selection?.type}:${view.selection?.id}|${view.panel}|${view.plan}|${view.page}|${view.adminPage}`
}

export function select(selection: Selection | null): void {
  view.selection = selection
  view.page = null
}

/** One's own account, in place of whatever is open. */
export function openAccount(): void {
  Object.assign(view, { wall: false, selection: null, plan: null, page: null, panel: 'account' })
}

/** Cases, hotspots and tracks are of now: beside the grids of another day they would mislead. */
const OF_NOW: LayerName[] = ['cases', 'hotspots', 'tracks', 'streets']

/** Whether a layer is on the map as it stands. */
export function shows(name: LayerName): boolean {
  return view.layers.includes(name) && (view.day === null || !OF_NOW.includes(name))
}

export function showLayer(name: LayerName, on: boolean): void {
  view.layers = ALL_LAYERS.filter((layer) => (layer === name ? on : view.layers.includes(layer)))
}
