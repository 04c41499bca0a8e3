import { describe, expect, it } from 'vitest'
import { defaultView, formatHash, parseHash, type View } from '@/state/url'

const everything: View = {
  at: { lon: 118.05123, lat: 36.81234, zoom: 15 },
  theme: 'overdue',
  layers: ['grids', 'hotspots', 'roads'],
  selection: { type: 'case', id: '0198c7a0-0000-7000-8000-000000000001' },
  panel: 'hotspots',
  caseState: 'all',
  hotspotUnit: 'density',
  period: '2026-10-31',
  shift: '0198c7a0-0000-7000-8000-0000000000aa',
  patrolsOf: '42',
  plan: '12',
  page: '0198c7a0-0000-7000-8000-0000000000bb',
  work: {},
  adminPage: null,
  day: '2026-03-01',
  wall: true,
}

describe('deep links', () => {
  it('read back what they were written from', () => {
    expect(parseHash(formatHash(everything))).toEqual(everything)
    expect(parseHash(formatHash(defaultView()))).toEqual(defaultView())
  })

  it('name a page of administration, and what is open on it', () => {
    const page = 'people/0199a1b2-0000-7000-8000-000000000001'
    const hash = formatHash({ ...defaultView(), panel: 'admin', adminPage: page })
    expect(parseHash(hash).adminPage).toBe(page)
    expect(parseHash('#panel=admin&office=people/../x').adminPage).toBeNull()
  })

  it('are empty for the default view', () => {
    expect(formatHash(defaultView())).toBe('')
  })

  it('keep a view without any layer', () => {
    const bare = { ...defaultView(), layers: [] }
    expect(parseHash(formatHash(bare)).layers).toEqual([])
  })

  it.each([
    '#at=200,10,5',
    '#at=1,2',
    '#at=a,b,c',
    '#theme=stars',
    '#sel=person:7',
    '#until=yesterday',
    '#day=2026-02-30',
    '#day=tomorrow',
    '#walked=1;drop',
    '#%E0%A4%A',
  ])('ignore nonsense: %s', (hash) => {
    expect(parseHash(hash)).toEqual(defaultView())
  })

  it('open a case by its number over what was there', () => {
    expect(parseHash('#/case/2026000123')).toEqual({ ...defaultView(), page: '2026000123' })
    const over = parseHash('#/case/2026000123?panel=duty')
    expect(over).toMatchObject({ page: '2026000123', panel: 'duty' })
    expect(formatHash(over)).toBe('#/case/2026000123?panel=duty')
    expect(parseHash('#/case/<b>')).toEqual(defaultView())
  })

  it('put longitude first', () => {
    expect(parseHash('#at=118.1,36.8,13').at).toEqual({ lon: 118.1, lat: 36.8, zoom: 13 })
  })
})
