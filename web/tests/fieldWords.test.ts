import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fieldEn } from '@/field/words.en'
import { fieldZh } from '@/field/words.zh-CN'

const AREAS = fieldZh.map((zh, i) => ({ zh, en: fieldEn[i] }))

/** Keys that are written out in the app's files: whole ones, and groups that words are taken from. */
function askedFor(from: string): Map<string, string> {
  const found = new Map<string, string>()
  const files = new Set([from])
  for (const file of files) {
    const text = readFileSync(file, 'utf8')
    for (const [, key] of text.matchAll(/\b(?:t|te|word)\(\s*'([a-zA-Z][\w.-]*)'/g))
      found.set(key ?? '', file)
    for (const [, group] of text.matchAll(/\bt\(\s*`([a-zA-Z][\w.]*)\.\$/g))
      found.set(group ?? '', file)
    for (const [, path] of text.matchAll(/(?:from|import)\s*\(?\s*'([@.][^']+)'/g)) {
      const next = sourceOf(file, path ?? '')
      if (next !== undefined && !/\/(i18n|client)\//.test(next)) files.add(next)
    }
  }
  return found
}

function sourceOf(file: string, path: string): string | undefined {
  const base = path.startsWith('@/') ? join('src', path.slice(2)) : join(dirname(file), path)
  return [base, `${base}.ts`, `${base}/index.ts`].find(
    (one) => /\.(ts|vue)$/.test(one) && existsSync(one),
  )
}

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
  for (const [i, { zh, en }] of AREAS.entries()) {
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
        if (key !== 'nav.language') expect(/[\u4e00-\u9fff]/.test(text), key).toBe(false)
      }
    })
  }

  it('hold all that the app asks for, what it shares with the desk too', () => {
    const held = AREAS.flatMap(({ zh }) => leaves(zh as Tree).map(([key]) => key))
    const groups = held.flatMap((key) =>
      key.split('.').map((_, i, parts) => parts.slice(0, i).join('.')),
    )
    const known = new Set([...held, ...groups])
    for (const [key, file] of askedFor('src/field/main.ts'))
      expect(known.has(key), `${key} in ${file}`).toBe(true)
  })

  it('say each thing once: no area takes the words of another', () => {
    const keys = AREAS.flatMap(({ zh }) => leaves(zh as Tree).map(([key]) => key))
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([])
  })
})
