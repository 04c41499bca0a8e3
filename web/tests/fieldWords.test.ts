import { describe, expect, it } from 'vitest'
import { FIELD_WORDS } from '@/field/words'

type Tree = { [key: string]: string | Tree }

function leaves(tree: Tree, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[prefix + key, value] as [string, string]]
      : leaves(value, `${prefix}${key}.`),
  )
}

const parameters = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()

describe('words of the field app', () => {
  for (const [i, { zh, en }] of FIELD_WORDS.entries()) {
    const chinese = new Map(leaves(zh as Tree))
    const english = new Map(leaves(en as Tree))

    it(`have the same keys and parameters in both languages (${i})`, () => {
      expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
      for (const [key, text] of chinese) {
        expect(parameters(english.get(key) ?? ''), key).toEqual(parameters(text))
      }
    })

    it(`leave no text empty and no Chinese in English (${i})`, () => {
      for (const [key, text] of english) {
        expect(text.trim(), key).not.toBe('')
        expect(/[\u4e00-\u9fff]/.test(text), key).toBe(false)
      }
    })
  }

  it('say each thing once: no area takes the words of another', () => {
    const keys = FIELD_WORDS.flatMap(({ zh }) => leaves(zh as Tree).map(([key]) => key))
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([])
  })
})
