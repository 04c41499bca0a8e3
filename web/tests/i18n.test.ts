import { describe, expect, it } from 'vitest'
import { ApiProblem } from '@/api/problem'
import { problemText, setLanguage, word } from '@/i18n'
import { en } from '@/i18n/en'
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

  it('name an unknown code instead of staying silent', () => {
    expect(problemText(new ApiProblem('brand-new', 418))).toContain('brand-new')
  })

  it('show a value that no list knows as it is', () => {
    expect(word('case.state', 'sleeping')).toBe('sleeping')
  })
})
