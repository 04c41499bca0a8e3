/** What the grids can be coloured by. All ramps can be told apart with any colour vision. */

export interface GridStatus {
  gridId: number
  households: number
  open: number
  overdue: number
  handled: number
  closed: number
  patrols30d: number
  patrolSeconds30d: number
  patrolMetres30d: number
  lastPatrolAt: number | null
}

export const THEME_NAMES = ['rectification', 'open', 'overdue', 'households', 'patrol'] as const
export type ThemeName = (typeof THEME_NAMES)[number]

export function isThemeName(name: string): name is ThemeName {
  return (THEME_NAMES as readonly string[]).includes(name)
}

export interface ThemeClass {
  /** Key under `theme.<name>.classes`, or a plain range that reads the same in any language. */
  label: string
  isKey: boolean
  fill: string
}

export interface Theme {
  name: ThemeName
  classes: ThemeClass[]
  classify: (status: GridStatus, nowS: number) => number
}

const range = (label: string, fill: string): ThemeClass => ({ label, fill, isKey: false })
const worded = (label: string, fill: string): ThemeClass => ({ label, fill, isKey: true })

/** The first class whose upper limit the value stays under. */
function under(value: number, limits: readonly number[]): number {
  const index = limits.findIndex((limit) => value < limit)
  return index === -1 ? limits.length : index
}

/**
 * Share put right of what was due: closed ÷ (closed + overdue). Open cases still within their
 * time count neither way, so finding much never colours a grid badly.
 */
export function rectificationRate(status: GridStatus): number | null {
  const due = status.closed + status.overdue
  return due === 0 ? null : status.closed / due
}

const DAY_S = 86_400

const THEMES: Record<ThemeName, Theme> = {
  rectification: {
    name: 'rectification',
    classes: [
      worded('none', '#dfe3e4'),
      range('< 60 %', '#b8732e'),
      range('60–75 %', '#dfb26b'),
      range('75–90 %', '#f3e6c3'),
      range('90–99 %', '#8fccc4'),
      range('100 %', '#23857e'),
    ],
    classify: (status) => {
      const rate = rectificationRate(status)
      return rate === null ? 0 : 1 + under(rate, [0.6, 0.75, 0.9, 1])
    },
  },
  open: {
    name: 'open',
    classes: [
      range('0', '#eef2f4'),
      range('1', '#cfe0ee'),
      range('2–3', '#9fc3e0'),
      range('4–6', '#5f9ccb'),
      range('7–10', '#2f74ac'),
      range('> 10', '#114a7d'),
    ],
    classify: ({ open }) => under(open, [1, 2, 4, 7, 11]),
  },
  overdue: {
    name: 'overdue',
    classes: [
      range('0', '#eef2f4'),
      range('1', '#fdd9a8'),
      range('2', '#f8b066'),
      range('3–5', '#e07b2f'),
      range('> 5', '#9c3f09'),
    ],
    classify: ({ overdue }) => under(overdue, [1, 2, 3, 6]),
  },
  households: {
    name: 'households',
    classes: [
      range('0', '#e7e7e4'),
      range('1–199', '#8073ac'),
      range('200–269', '#c5bfdc'),
      range('270–330', '#f4f1ea'),
      range('331–400', '#f8c58a'),
      range('> 400', '#c46a10'),
    ],
    classify: ({ households }) => under(households, [1, 200, 270, 331, 401]),
  },
  patrol: {
    name: 'patrol',
    classes: [
      worded('today', '#1d5a51'),
      worded('week', '#54a08f'),
      worded('fortnight', '#a3d3c2'),
      worded('month', '#ece3bd'),
      worded('longer', '#cf9d52'),
    ],
    classify: ({ lastPatrolAt }, nowS) =>
      lastPatrolAt === null ? 4 : under((nowS - lastPatrolAt) / DAY_S, [1, 7, 14, 30]),
  },
}

export function themeOf(name: ThemeName): Theme {
  return THEMES[name]
}

/** Class of every grid and the number of grids in each class. */
export function classifyAll(
  theme: Theme,
  statuses: Iterable<GridStatus>,
  nowS: number,
): { classes: Map<number, number>; counts: number[] } {
  const classes = new Map<number, number>()
  const counts = theme.classes.map(() => 0)
  for (const status of statuses) {
    const index = theme.classify(status, nowS)
    classes.set(status.gridId, index)
    counts[index] = (counts[index] ?? 0) + 1
  }
  return { classes, counts }
}

/** How unusual a place is, from much fewer to much more than around it. */
export const VERDICTS = [
  'much-more',
  'more',
  'patrol-only',
  'fading',
  'usual',
  'fewer',
  'much-fewer',
  'too-few-data',
] as const
export type Verdict = (typeof VERDICTS)[number]

export const VERDICT_FILLS: Record<Verdict, string> = {
  'much-more': '#b2182b',
  more: '#ef8a62',
  'patrol-only': '#d8c7a6',
  fading: '#cdbfe0',
  usual: '#eceff0',
  fewer: '#8fbfdc',
  'much-fewer': '#2166ac',
  'too-few-data': '#d5d3ce',
}

const isMore = (verdict: string | null) => verdict === 'more' || verdict === 'much-more'

/**
 * What a place is drawn and listed as. Where it was judged by patrol time, that decides: a place
 * that is only walked more is told apart. The static map follows the same rule.
 */
export function judgement(item: {
  verdict: string
  rate_verdict: string | null
  trend: string | null
}): Verdict {
  const judged = item.rate_verdict !== null && item.rate_verdict !== 'too-few-data'
  const hot = judged ? item.rate_verdict : item.verdict
  if (isMore(hot)) return hot as Verdict
  if (item.trend === 'fading') return 'fading'
  return (isMore(item.verdict) ? 'patrol-only' : item.verdict) as Verdict
}

export const SEVERITY_FILLS: Record<string, string> = {
  red: '#b3261e',
  yellow: '#c78a00',
  blue: '#2b6cb0',
}
