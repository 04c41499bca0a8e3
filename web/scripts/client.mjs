// Makes the typed client from the API's OpenAPI description: `client.mjs` writes src/client,
// `client.mjs --check` only says whether src/client is what the API describes now.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const web = fileURLToPath(new URL('..', import.meta.url))
const committed = join(web, 'src', 'client')
const check = process.argv.includes('--check')

function describe(folder) {
  const root = join(web, '..')
  const python = process.env.SANBAI_PYTHON ?? join(root, '.venv', 'bin', 'python')
  const options = { cwd: root, maxBuffer: 1 << 28 }
  const description = execFileSync(python, ['-m', 'api.openapi'], options)
  const file = join(folder, 'openapi.json')
  writeFileSync(file, description)
  return file
}

function generate(description, output) {
  execFileSync(join(web, 'node_modules', '.bin', 'openapi-ts'), ['--silent'], {
    cwd: web,
    stdio: 'inherit',
    env: { ...process.env, SANBAI_OPENAPI: description, SANBAI_CLIENT: output },
  })
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile())
}

function differences(fresh) {
  const text = (folder) =>
    new Map(filesIn(folder).map((path) => [relative(folder, path), readFileSync(path, 'utf8')]))
  const [now, then] = [text(fresh), text(committed)]
  return [...new Set([...now.keys(), ...then.keys()])].filter(
    (name) => now.get(name) !== then.get(name),
  )
}

const folder = mkdtempSync(join(tmpdir(), 'sanbai-client-'))
try {
  const description = describe(folder)
  if (check) {
    const fresh = join(folder, 'client')
    generate(description, fresh)
    const changed = differences(fresh)
    if (changed.length > 0) {
      console.error(`web/src/client is not what the API describes: ${changed.join(', ')}`)
      console.error('Run `npm run client` in web/ and commit the result.')
      process.exitCode = 1
    }
  } else {
    generate(description, committed)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
