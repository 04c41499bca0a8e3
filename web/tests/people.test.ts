import { describe, expect, it } from 'vitest'
import { casesInWords, sizeOf } from '@/admin/exportWords'
import { ApiProblem } from '@/api/problem'
import { setLanguage } from '@/i18n'
import { whenIs } from '@/people/days'
import { faultOf, isBeside } from '@/people/fields'
import { below, depthOf, rolesOf } from '@/people/places'

const TREE = [{ path: '1' }, { path: '1.2.3' }, { path: '1.20' }, { path: '1.2' }]

describe('places that one administers', () => {
  it('are those at or below ones own, and no others that begin alike', () => {
    expect(below(TREE, ['1.2']).map(({ path }) => path)).toEqual(['1.2', '1.2.3'])
    expect(below(TREE, [])).toEqual([])
  })

  it('are set in by how deep they lie', () => {
    const shown = below(TREE, ['1.2'])
    expect(shown.map((area) => depthOf(area, shown))).toEqual([0, 1])
  })

  it('become a role each grid, or one in the area', () => {
    expect(rolesOf('officer', 5, [7, 8])).toEqual([
      { role: 'officer', grid_id: 7 },
      { role: 'officer', grid_id: 8 },
    ])
    expect(rolesOf('auditor', 5, [7])).toEqual([{ role: 'auditor', area_id: 5 }])
    expect(rolesOf('officer', null, [])).toEqual([])
  })
})

describe('days of a post', () => {
  it('include the last one', () => {
    expect(whenIs({ since: '2026-11-01', last_day: '2026-11-22' }, '2026-11-22')).toBe('now')
    expect(whenIs({ since: '2026-11-01', last_day: '2026-11-21' }, '2026-11-22')).toBe('past')
    expect(whenIs({ since: '2026-11-23', last_day: null }, '2026-11-22')).toBe('coming')
  })
})

describe('what is to be mended', () => {
  it('stands beside its field', () => {
    setLanguage('zh-CN')
    const taken = new ApiProblem('login-taken', 409)
    expect(faultOf(taken, 'login')).toContain('已有人用')
    expect(faultOf(taken, 'display_name')).toBeNull()
    expect(isBeside(taken, ['login'])).toBe(true)
    const errors = [{ pointer: '/roles/0/area_id', code: 'x', message: '' }]
    const wrong = new ApiProblem('invalid', 422, {}, errors)
    expect(faultOf(wrong, 'roles')).toBe('这一项需要改正。')
    expect(isBeside(wrong, ['login'])).toBe(false)
    expect(isBeside(new ApiProblem('internal', 500), ['login'])).toBe(false)
  })
})

describe('the log of files', () => {
  const names = { categories: new Map([[3, '垃圾']]), areas: new Map(), units: new Map() }

  it('tells a filter in words', () => {
    setLanguage('zh-CN')
    expect(casesInWords({}, names)).toBe('全部问题')
    expect(casesInWords({ state: 'open', category_id: 3, overdue: true, q: null }, names)).toBe(
      '状态：未结的；类别：垃圾；超期：是',
    )
    setLanguage('en')
    expect(casesInWords({ area_id: 9, state: 'closed' }, names)).toBe('state: Closed; area: #9')
  })

  it('tells a size', () => {
    expect([sizeOf(12), sizeOf(2048), sizeOf(3 << 20)]).toEqual(['12 B', '2.0 KB', '3.0 MB'])
  })
})
