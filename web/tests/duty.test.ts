import { describe, expect, it } from 'vitest'
import type { Suggestion } from '@/client'
import { dayAfter, localInput, momentOf, mondayOf } from '@/duty/moments'
import { clockOf } from '@/duty/now'
import { codesOf, movedTo } from '@/duty/rules'
import { whyText } from '@/duty/why'
import { setLanguage } from '@/i18n'

describe('routing rules', () => {
  it('move to another place, the others keeping their order', () => {
    expect(movedTo([1, 2, 3, 4], 3, 0)).toEqual([3, 1, 2, 4])
    expect(movedTo([1, 2, 3, 4], 1, 3)).toEqual([2, 3, 4, 1])
    expect(movedTo([1, 2, 3], 2, 1)).toEqual([1, 2, 3])
  })

  it('take codes however they are typed', () => {
    expect(codesOf(' 06*，07001、08004\n06* ')).toEqual(['06*', '07001', '08004'])
    expect(codesOf('  ')).toEqual([])
  })

  it('say why in words', () => {
    const suggestion = {
      rule_id: 1,
      rule_name: '市容',
      unit: { id: 1, name: '环卫所' },
      queue: null,
      why: { category: '06*', area: '西街街道', severity: null, owner: null },
    } satisfies Suggestion
    setLanguage('zh-CN')
    expect(whyText(suggestion)).toBe('规则“市容”，类别 06*，在西街街道')
    const all = { ...suggestion, why: {} }
    expect(whyText(all)).toBe('规则“市容”，其余的都归它')
    setLanguage('en')
    expect(whyText(suggestion)).toBe('rule “市容”, category 06*, in 西街街道')
    setLanguage('zh-CN')
  })
})

describe('times of duty', () => {
  it('are those of the district, whatever the browser thinks', () => {
    expect(localInput('2026-11-20T18:10:00Z')).toBe('2026-11-21T02:10')
    expect(momentOf('2026-11-21T02:10')).toBe('2026-11-20T18:10:00.000Z')
  })

  it('know the Monday of a week and days after', () => {
    expect(mondayOf('2026-11-22')).toBe('2026-11-16')
    expect(mondayOf('2026-11-16')).toBe('2026-11-16')
    expect(dayAfter('2026-12-31', 1)).toBe('2027-01-01')
  })

  it('run down by the second', () => {
    expect(clockOf(7_199_000)).toBe('1:59:59')
    expect(clockOf(-61_000)).toBe('0:01:01')
  })
})
