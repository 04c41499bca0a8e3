/** Packs what the build made, so that the server need not: beside each file `.br` and `.gz`. */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const TEXT = /\.(js|css|html|svg|json|webmanifest)$/
/** Below this a header more costs as much as is saved. */
const LEAST_BYTES = 1024

/** Packs every text file of the folder that is built into. */
export function packed(): Plugin {
  let folder = ''
  return {
    name: 'packed',
    apply: 'build',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir)
    },
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        for (const name of await readdir(folder, { recursive: true })) {
          const path = join(folder, name)
          if (TEXT.test(name) && (await stat(path)).size >= LEAST_BYTES) await pack(path)
        }
      },
    },
  }
}

async function pack(path: string): Promise<void> {
  const bytes = await readFile(path)
  const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  await writeFile(`${path}.br`, brotliCompressSync(bytes, { params: quality }))
  await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }))
}
