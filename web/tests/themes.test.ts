import { describe, expect, it } from 'vitest'
import { totalsOf } from '@/lib/totals'
import { gridPaint } from '@/map/paintFor'
import {
  classifyAll,
  type GridStatus,
  judgement,
  rectificationRate,
  THEME_NAMES,
  themeOf,
  VERDICTS,
} from '@/map/themes'
import { defaultView } from '@/state/url'

const NOW_S = 1_800_000_000

function status(change: Partial<GridStatus> = {}): GridStatus {
  return {
    gridId: 1,
    households: 300,
    open: 0,
    overdue: 0,
    handled: 0,
    closed: 0,
    patrols30d: 0,
    patrolSeconds30d: 0,
    patrolMetres30d: 0,
    lastPatrolAt: null,
    ...change,
  }
}

const labelOf = (name: (typeof THEME_NAMES)[number], value: GridStatus) => {
  const theme = themeOf(name)
  return theme.classes[theme.classify(value, NOW_S)]?.label
}

describe('rectification', () => {
  it('is closed over due, and nothing when nothing was due', () => {
    expect(rectificationRate(status({ closed: 3, overdue: 1 }))).toBe(0.75)
    expect(rectificationRate(status({ open: 9 }))).toBeNull()
  })

  it('does not get worse by finding more', () => {
    const few = status({ closed: 9, overdue: 1, open: 1 })
    const many = status({ closed: 9, overdue: 1, open: 40 })
    expect(labelOf('rectification', many)).toBe(labelOf('rectification', few))
  })

  it('says 100 % only when nothing is overdue', () => {
    expect(labelOf('rectification', status({ closed: 999, overdue: 1 }))).toBe('90–99 %')
    expect(labelOf('rectification', status({ closed: 5 }))).toBe('100 %')
  })
})

describe('classes', () => {
  it.each([
    ['open', { open: 0 }, '0'],
    ['open', { open: 3 }, '2–3'],
    ['open', { open: 11 }, '> 10'],
    ['overdue', { overdue: 5 }, '3–5'],
    ['overdue', { overdue: 6 }, '> 5'],
    ['households', { households: 0 }, '0'],
    ['households', { households: 300 }, '270–330'],
    ['households', { households: 401 }, '> 400'],
    ['patrol', { lastPatrolAt: NOW_S - 3600 }, 'today'],
    ['patrol', { lastPatrolAt: NOW_S - 8 * 86_400 }, 'fortnight'],
    ['patrol', { lastPatrolAt: null }, 'longer'],
  ] as const)('%s %o → %s', (name, change, label) => {
    expect(labelOf(name, status(change))).toBe(label)
  })

  it('count every grid once in every theme', () => {
    const grids = Array.from({ length: 50 }, (_, i) =>
      status({ gridId: i, open: i, overdue: i % 8, closed: i % 3, households: i * 10 }),
    )
    for (const name of THEME_NAMES) {
      const { classes, counts } = classifyAll(themeOf(name), grids, NOW_S)
      expect(classes.size).toBe(50)
      expect(counts.reduce((a, b) => a + b, 0)).toBe(50)
    }
  })
})

describe('judgement of hotspots', () => {
  const judge = (verdict: string, rate: string | null, trend: string | null = null) =>
    judgement({ verdict, rate_verdict: rate, trend })

  it('lets patrol time decide where it is known', () => {
    expect(judge('much-more', null)).toBe('much-more')
    expect(judge('much-more', 'too-few-data')).toBe('much-more')
    expect(judge('much-more', 'more')).toBe('more')
    expect(judge('much-more', 'usual')).toBe('patrol-only')
    expect(judge('usual', 'more')).toBe('more')
    expect(judge('usual', 'usual')).toBe('usual')
  })

  it('shows what was hot before as fading, unless it still is', () => {
    expect(judge('usual', 'usual', 'fading')).toBe('fading')
    expect(judge('more', 'more', 'fading')).toBe('more')
  })
})

describe('paint', () => {
  it('shows verdicts on grids when hotspots are read by grid', () => {
    const view = { ...defaultView(), hotspotUnit: 'grid' as const, layers: ['hotspots' as const] }
    const item = { key: '7', grid_id: 7, verdict: 'more', rate_verdict: null, trend: null } as never
    const paint = gridPaint(view, new Map([[7, status({ gridId: 7 })]]), [item])
    expect(paint.classes.get(7)).toBe(VERDICTS.indexOf('more'))
  })
})

describe('totals', () => {
  it('sum all grids', () => {
    const totals = totalsOf(
      [
        status({ open: 2, overdue: 1, closed: 3, lastPatrolAt: NOW_S - 60 }),
        status({ gridId: 2, open: 1, closed: 0 }),
      ],
      NOW_S,
    )
    expect(totals).toMatchObject({ grids: 2, households: 600, open: 3, overdue: 1, closed: 3 })
    expect(totals.rate).toBe(0.75)
    expect(totals.patrolled).toBe(0.5)
  })

  it('have no rate without anything due', () => {
    expect(totalsOf([], NOW_S)).toMatchObject({ grids: 0, rate: null, patrolled: 0 })
  })
})
