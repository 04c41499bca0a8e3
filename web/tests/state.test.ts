import { afterEach, describe, expect, it, vi } from 'vitest'
import { ask, askIfChanged, ifChanged, onSignedOut, operation } from '@/api/ask'
import { ApiProblem } from '@/api/problem'
import type { StatusColumns } from '@/api/types'
import { actOnCase, me, points, signIn } from '@/client'
import { uuid7 } from '@/lib/uuid7'
import type { GridStatus } from '@/map/themes'
import { useCommand } from '@/state/command'
import { emptyDraft, forgetDraft, keepDraft, keptDraft } from '@/state/draft'
import { pour } from '@/state/status'

afterEach(() => vi.unstubAllGlobals())

function answer(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json' },
  })
}

describe('operation ids', () => {
  it('are UUIDv7 and sort by time', () => {
    const [early, late] = [uuid7(1_700_000_000_000), uuid7(1_700_000_000_001)]
    expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(early < late).toBe(true)
    expect(parseInt(early.replace('-', '').slice(0, 12), 16)).toBe(1_700_000_000_000)
  })
})

describe('commands', () => {
  it('send once when the button is pressed twice', async () => {
    let release: () => void = () => undefined
    const run = vi.fn(() => new Promise<void>((resolve) => (release = resolve)))
    const command = useCommand(run)
    const first = command.send('x')
    expect(await command.send('x')).toBe(false)
    release()
    expect(await first).toBe(true)
    expect(run).toHaveBeenCalledTimes(1)
  })

  it('repeat a lost command under the same id, and a changed one under another', async () => {
    const ids: string[] = []
    const command = useCommand(async (_body: string, id: string) => {
      ids.push(id)
      throw new ApiProblem('offline', 0)
    })
    await command.send('a')
    await command.send('a')
    await command.send('b')
    expect(ids[1]).toBe(ids[0])
    expect(ids[2]).not.toBe(ids[0])
    expect(command.problem?.code).toBe('offline')
  })

  it('take a new id after a refusal', async () => {
    const ids: string[] = []
    const command = useCommand(async (_body: string, id: string) => {
      ids.push(id)
      throw new ApiProblem('invalid', 422)
    })
    await command.send('a')
    await command.send('a')
    expect(ids[1]).not.toBe(ids[0])
  })
})

describe('calls', () => {
  const path = { case_id: '0198c7a0-0000-7000-8000-000000000001' }
  const close = () =>
    actOnCase({ path, body: { action: 'close', seq: 4 }, headers: operation('op') })

  it('carry the operation id and the header against forged requests', async () => {
    const fetched = vi.fn(async (_request: Request) => answer(200, { id: 'x' }))
    vi.stubGlobal('fetch', fetched)
    await ask(close())
    const sent = fetched.mock.calls[0]?.[0]
    expect(sent?.headers.get('Operation-Id')).toBe('op')
    expect(sent?.headers.get('X-Sanbai')).toBe('1')
    expect(sent?.method).toBe('POST')
  })

  it('turn a lost network into a problem that can be repeated', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')))
    await expect(ask(close())).rejects.toMatchObject({ code: 'offline', retryable: true })
  })

  it('read problem details and report the end of a session', async () => {
    const ended = vi.fn()
    onSignedOut(ended)
    vi.stubGlobal('fetch', async () => answer(401, { code: 'not-signed-in', status: 401 }))
    await expect(ask(me())).rejects.toMatchObject({ code: 'not-signed-in', status: 401 })
    expect(ended).toHaveBeenCalledOnce()
  })

  it('do not take a wrong password for the end of a session', async () => {
    const ended = vi.fn()
    onSignedOut(ended)
    vi.stubGlobal('fetch', async () => answer(401, { code: 'wrong-credentials' }))
    const sent = signIn({ body: { login: 'a', password: 'b' } })
    await expect(ask(sent)).rejects.toMatchObject({ code: 'wrong-credentials' })
    expect(ended).not.toHaveBeenCalled()
  })

  it('name an answer that is not a problem by its status', async () => {
    vi.stubGlobal('fetch', async () => new Response('<html>', { status: 502 }))
    await expect(ask(me())).rejects.toMatchObject({ code: 'internal', retryable: true })
  })

  it('say when an answer cannot be read', async () => {
    const headers = { 'Content-Type': 'application/json' }
    vi.stubGlobal('fetch', async () => new Response('{"half', { status: 200, headers }))
    await expect(ask(me())).rejects.toMatchObject({ code: 'unreadable-answer' })
  })

  it('know an unchanged answer by its ETag', async () => {
    const fetched = vi.fn(async (_request: Request) => new Response(null, { status: 304 }))
    vi.stubGlobal('fetch', fetched)
    expect(await askIfChanged(points({ headers: ifChanged('"7"') }))).toBeNull()
    expect(fetched.mock.calls[0]?.[0].headers.get('If-None-Match')).toBe('"7"')
  })
})

describe('status columns', () => {
  const columns = (full: boolean, ids: number[], open: number[]): StatusColumns => ({
    cursor: 'c',
    full,
    as_of: '2026-11-22T00:00:00Z',
    grid_id: ids,
    open,
    overdue: ids.map(() => 0),
    handled: ids.map(() => 0),
    closed: ids.map(() => 0),
    patrols_30d: ids.map(() => 0),
    patrol_seconds_30d: ids.map(() => 0),
    patrol_metres_30d: ids.map(() => 0),
    last_patrol_at: ids.map(() => null),
    households: ids.map(() => 300),
  })

  it('replace all when full and change only what a delta names', () => {
    const kept = new Map<number, GridStatus>()
    pour(kept, columns(true, [1, 2], [5, 6]), true)
    pour(kept, columns(false, [2], [7]), false)
    expect(kept.get(1)?.open).toBe(5)
    expect(kept.get(2)?.open).toBe(7)
    pour(kept, columns(true, [2], [1]), true)
    expect([...kept.keys()]).toEqual([2])
  })
})

describe('drafts', () => {
  it('survive a reload and go once sent', () => {
    const draft = { ...emptyDraft(), description: '井盖缺失', position: [118, 36] as const }
    keepDraft(draft)
    expect(keptDraft()).toEqual(draft)
    forgetDraft()
    expect(keptDraft()).toBeNull()
  })

  it('of nothing are not kept', () => {
    keepDraft(emptyDraft())
    expect(keptDraft()).toBeNull()
  })
})
