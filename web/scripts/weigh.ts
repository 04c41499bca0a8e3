/** Weighs what a page loads before it can be worked with; the build fails when it has grown. */
import { gzipSync } from 'node:zlib'
import type { Plugin, Rolldown } from 'vite'

export interface Weighed {
  page: string
  /** Modules: what the page begins with, its words, and the place it opens. */
  begins: string[]
  /** As gzip sends it. */
  limitKb: number
}

/** Weighs pages and prints each weight beside its limit. */
export function weighed(pages: readonly Weighed[]): Plugin {
  return {
    name: 'weighed',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const { page, begins, limitKb } of pages) {
          const files = begins.flatMap((module) => needed(bundle, module))
          const kb = weightKb(bundle, new Set(files))
          this.info(`${page} loads ${kb.toFixed(1)} kB at first, of ${limitKb}`)
          if (kb > limitKb) this.error(`${page} loads ${kb.toFixed(1)} kB: more than ${limitKb}`)
        }
      },
    },
  }
}

/** The chunk of a module and all that it imports, with their styles. */
function needed(bundle: Rolldown.OutputBundle, module: string): string[] {
  const begin = Object.values(bundle).find(
    (one) => one.type === 'chunk' && one.facadeModuleId?.endsWith(module),
  )
  if (begin === undefined) throw new Error(`${module} is no piece of its own`)
  const found = new Set([begin.fileName])
  for (const name of found) {
    const one = bundle[name]
    if (one?.type !== 'chunk') continue
    for (const other of one.imports) found.add(other)
    for (const style of one.viteMetadata?.importedCss ?? []) found.add(style)
  }
  return [...found]
}

function weightKb(bundle: Rolldown.OutputBundle, names: ReadonlySet<string>): number {
  let bytes = 0
  for (const name of names) {
    const one = bundle[name]
    if (one === undefined) continue
    bytes += gzipSync(one.type === 'chunk' ? one.code : one.source, { level: 9 }).length
  }
  return bytes / 1000
}
