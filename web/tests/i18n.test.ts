import { describe, expect, it } from 'vitest'
import { ApiProblem } from '@/api/problem'
import { setLanguage, word } from '@/i18n'
import { en } from '@/i18n/en'
import { problemText } from '@/i18n/problems'
import { zhCN } from '@/i18n/zh-CN'

type Tree = { [key: string]: string | Tree }

function leaves(tree: Tree, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[prefix + key, value] as [string, string]]
      : leaves(value, `${prefix}${key}.`),
  )
}

const parameters = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()

describe('catalogues', () => {
  const chinese = new Map(leaves(zhCN))
  const english = new Map(leaves(en as Tree))

  it('have the same keys', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  })

  it('have the same parameters in each text', () => {
    for (const [key, text] of chinese) {
      expect(parameters(english.get(key) ?? ''), key).toEqual(parameters(text))
    }
  })

  it('leave no text empty and no Chinese in English', () => {
    for (const [key, text] of english) {
      expect(text.trim(), key).not.toBe('')
      if (key !== 'nav.language') expect(/[\u4e00-\u9fff]/.test(text), key).toBe(false)
    }
  })
})

describe('problems in words', () => {
  it('fill in what the server said, in both languages', () => {
    const problem = new ApiProblem('action-not-allowed', 409, { action: 'close', state: 'handled' })
    setLanguage('zh-CN')
    expect(problemText(problem)).toBe('现在不能“办结”：问题目前待核查。')
    setLanguage('en')
    expect(problemText(problem)).toBe('“Close” is not possible now: the case is “To verify”.')
  })

  it('say who may verify when it was the same person', () => {
    setLanguage('zh-CN')
    const problem = new ApiProblem('action-not-allowed', 409, { reason: 'same-person' })
    expect(problemText(problem)).toContain('核查人不能是处理人')
  })

  it('say what became of a case and a duty that others have now', () => {
    setLanguage('zh-CN')
    const gone = { why: 'charge', since: '2026-11-20', number: 'A1', grid: '001', area: '幸福社区' }
    expect(problemText(new ApiProblem('case-not-yours-now', 409, gone))).toBe(
      '您负责这里的职责已于 2026-11-20 结束，案件 A1（幸福社区）由别的同事来办。',
    )
    for (const why of ['place', 'unit']) {
      const said = problemText(new ApiProblem('case-not-yours-now', 409, { ...gone, why }))
      expect(said).toContain('A1')
    }
    const grids = { grids: ['001', '002'], since: '2026-11-20' }
    expect(problemText(new ApiProblem('grids-not-yours-now', 409, grids))).toContain('001、002')
    const ended = { ended_at: '2026-11-20T01:00:00Z' }
    expect(problemText(new ApiProblem('shift-ended', 409, ended))).not.toMatch(/T01|Z/)
  })

  it('name an unknown code instead of staying silent', () => {
    expect(problemText(new ApiProblem('brand-new', 418))).toContain('brand-new')
  })

  it('show a value that no list knows as it is', () => {
    expect(word('case.state', 'sleeping')).toBe('sleeping')
  })
})
