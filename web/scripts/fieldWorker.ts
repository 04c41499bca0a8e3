/** Builds the field app's service worker, with the list of files that the app needs. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin, type Rolldown } from 'vite'
import { reachable } from './reachable'

const PAGE = 'field/index.html'
/** Beside what the page leads to: what the phone asks for by itself. */
const BESIDE = [
  PAGE,
  'favicon.svg',
  'field/manifest.webmanifest',
  'field/icon-192.png',
  'field/icon-512.png',
  'field/icon-maskable-512.png',
]
const WORKER = fileURLToPath(new URL('../src/field/sw.ts', import.meta.url))

export function fieldWorker(): Plugin {
  let folder = ''
  let files: string[] = []
  return {
    name: 'field-worker',
    apply: 'build',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir)
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        files = reachable(textsOf(bundle), PAGE)
      },
    },
    closeBundle: {
      order: 'pre',
      sequential: true,
      async handler() {
        if (files.length === 0) return
        await buildWorker(folder, [
          // Their names change with what is in them.
          ...files.map((name) => ({ url: `/${name}`, revision: null })),
          ...(await Promise.all(BESIDE.map((name) => revised(folder, name)))),
        ])
      },
    },
  }
}

function textsOf(bundle: Rolldown.OutputBundle): Map<string, string> {
  return new Map(
    Object.entries(bundle).map(([name, one]) => [
      name,
      one.type === 'chunk' ? one.code : Buffer.from(one.source).toString('utf8'),
    ]),
  )
}

async function revised(folder: string, name: string) {
  const digest = createHash('sha256').update(await readFile(join(folder, name)))
  return { url: `/${name}`, revision: digest.digest('hex').slice(0, 16) }
}

async function buildWorker(folder: string, files: object[]): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'warn',
    define: {
      FIELD_FILES: JSON.stringify(files),
      'process.env.NODE_ENV': '"production"',
    },
    build: {
      outDir: join(folder, 'field'),
      emptyOutDir: false,
      copyPublicDir: false,
      target: 'es2022',
      lib: { entry: WORKER, formats: ['iife'], name: 'fieldWorker', fileName: () => 'sw.js' },
    },
  })
}
