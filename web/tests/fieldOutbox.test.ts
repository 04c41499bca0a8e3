// @vitest-environment node
// Under jsdom bytes come from another realm than the one that hashes them.
import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiProblem, offline } from '@/api/problem'
import type { Me } from '@/api/types'
import { amend, cancel, drop, retry } from '@/field/outbox/changes'
import { closeCurrent, current, openCurrent } from '@/field/outbox/current'
import { drainAll } from '@/field/outbox/drain'
import { packUnsent, readUnsent, takeIn } from '@/field/outbox/file'
import { recall, remember } from '@/field/outbox/known'
import { changed, enqueue, hideQueue, queue, showQueue } from '@/field/outbox/outbox'
import { uuid7 } from '@/lib/uuid7'
import { ACCOUNT, FakeServer, Killed, photoOf, report } from './fieldServer'

vi.hoisted(() => {
  const location = { origin: 'http://localhost' }
  Object.assign(globalThis, { window: globalThis, location, navigator: {} })
})

const me = { account: { id: ACCOUNT, login: 'officer', display_name: '网格员' } } as Me
let server: FakeServer
let now = 1_000

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory()
  server = new FakeServer()
  now = Date.now()
  await openCurrent(ACCOUNT)
  await showQueue()
})
afterEach(() => {
  hideQueue()
  closeCurrent()
})

const drain = () =>
  drainAll({ store: current(), account: ACCOUNT, transport: server, now: () => now, changed })
const states = () => queue.value.map(({ state }) => state)

/** As after the tab was killed: all that is not in the database is gone. */
async function reopen(): Promise<void> {
  hideQueue()
  closeCurrent()
  await openCurrent(ACCOUNT)
  await showQueue()
}

describe('the outbox', () => {
  it('sends reports together, then their photos, and lets go of the bytes', async () => {
    const [first, second] = [report(), report()]
    await enqueue([first, second], [await photoOf(first, 600_000), await photoOf(second, 10)])
    expect(await drain()).toBe('done')
    expect(server.calls.filter((call) => call === 'sync')).toHaveLength(1)
    expect(server.calls[0]).toBe('whoAmI')
    expect(server.photos.size).toBe(2)
    expect(states()).toEqual(['sent', 'sent', 'sent', 'sent'])
    expect(await current().count('bytes')).toBe(0)
    expect(queue.value[0]).toMatchObject({ number: 'C-1', body: {} })
  })

  it('keeps all or nothing: an id that is there already leaves no part of the new', async () => {
    const one = report()
    await enqueue([one])
    await expect(enqueue([report(), one], [await photoOf(one, 5)])).rejects.toThrow()
    expect(queue.value.map(({ id }) => id)).toEqual([one.id])
    expect(await current().count('bytes')).toBe(0)
  })

  it('waits without a network and goes on where a photo stopped', async () => {
    const one = report()
    await enqueue([one], [await photoOf(one, 256 * 1024 * 3)])
    server.failNext('putPart', offline(), 1)
    expect(await drain()).toBe('later')
    expect(states()).toEqual(['sent', 'waiting'])
    expect(queue.value[1]).toMatchObject({ sentBytes: 256 * 1024 })
    expect(await drain()).toBe('done')
    expect(server.calls.filter((call) => call === 'putPart')).toHaveLength(4)
    expect(server.photos.size).toBe(1)
  })

  it('lets the rest go on where the server fails at one', async () => {
    const [bad, good] = [report(), report()]
    const step = { ...report(), needs: [bad.id] }
    await enqueue([bad, step, good], [await photoOf(good, 10)])
    server.refuse(bad.id, 'internal', 500)
    expect(await drain()).toBe('later')
    expect(states()).toEqual(['waiting', 'waiting', 'sent', 'sent'])
    server.refusals.clear()
    expect(await drain()).toBe('done')
    expect(states()).toEqual(['sent', 'sent', 'sent', 'sent'])
  })

  it('does not send in the name of another account', async () => {
    await enqueue([report()])
    server.account = 'somebody-else'
    expect(await drain()).toBe('other-account')
    expect(server.calls).toEqual(['whoAmI'])
    expect(states()).toEqual(['waiting'])
  })

  it('asks for a sign-in and keeps all', async () => {
    await enqueue([report()])
    server.failNext('sync', new ApiProblem('not-signed-in', 401))
    expect(await drain()).toBe('sign-in')
    expect(states()).toEqual(['waiting'])
    expect(await drain()).toBe('done')
  })

  it('takes a page of somebody else’s network for none', async () => {
    await enqueue([report()])
    server.failNext('sync', new ApiProblem('http-403', 403))
    expect(await drain()).toBe('later')
    server.failNext('sync', new ApiProblem('unreadable-answer', 200))
    expect(await drain()).toBe('later')
    expect(states()).toEqual(['waiting'])
  })

  it('finds the one that makes a batch refused as a whole', async () => {
    const many = [report(), report(), report(), report(), report()]
    await enqueue(many)
    server.poison = many[3]?.id ?? ''
    expect(await drain()).toBe('done')
    expect(states()).toEqual(['sent', 'sent', 'sent', 'refused', 'sent'])
    expect(server.cases.size).toBe(4)
  })
})

describe('voice notes', () => {
  it('go in parts like photos, with how long they are, also by a file', async () => {
    const one = report()
    const spoken = { ...(await photoOf(one, 300_000)), role: 'voice' as const, durationMs: 7_300 }
    await enqueue([one], [spoken])
    const file = await packUnsent(current(), me)
    await drop(one.id)
    expect(queue.value).toEqual([])
    await takeIn(await readUnsent(file.join('')))
    expect(await drain()).toBe('done')
    expect(server.photos.get(spoken.id)).toBe(spoken.sha256)
    expect(server.lengths.get(spoken.id)).toBe(7_300)
    expect(await current().count('bytes')).toBe(0)
  })

  it('say so where one is damaged on the phone', async () => {
    const one = report()
    const spoken = { ...(await photoOf(one, 50)), role: 'voice' as const, sha256: '0'.repeat(64) }
    await enqueue([one], [spoken])
    await drain()
    expect(queue.value[1]?.problem?.code).toBe('sound-damaged')
  })
})

describe('what was not taken', () => {
  it('stays as it was typed, with what needs it, and can be tried again', async () => {
    const one = report('漏水')
    await enqueue([one], [await photoOf(one, 10)])
    server.refuse(one.id, 'forbidden', 403)
    expect(await drain()).toBe('done')
    expect(states()).toEqual(['refused', 'waiting'])
    expect(queue.value[0]).toMatchObject({ body: { description: '漏水' } })
    expect(queue.value[1]?.blockedBy).toBe(one.id)
    server.refusals.clear()
    await retry(one.id)
    expect(await drain()).toBe('done')
    expect(states()).toEqual(['sent', 'sent'])
  })

  it('is sent anew with another body as another operation, photos after it', async () => {
    const one = report('漏水')
    await enqueue([one], [await photoOf(one, 10)])
    server.refuse(one.id, 'invalid', 422)
    await drain()
    const next = await amend(one.id, { ...one.body, description: '水管漏水' })
    expect(next).not.toBe(one.id)
    expect(await drain()).toBe('done')
    expect([...server.cases.values()]).toMatchObject([{ description: '水管漏水' }])
    expect(server.photos.size).toBe(1)
  })

  it('goes with all that needs it when it is dropped', async () => {
    const one = report()
    const step = { ...report(), needs: [one.id] }
    await enqueue([one, step], [await photoOf(one, 10)])
    server.refuse(one.id, 'invalid', 422)
    await drain()
    expect(await drop(one.id)).toBe(true)
    expect(queue.value).toEqual([])
    expect(await current().count('bytes')).toBe(0)
  })

  it('that came under another id counts as arrived', async () => {
    const one = report()
    await enqueue([one])
    server.refuse(one.id, 'case-exists', 409)
    await drain()
    expect(states()).toEqual(['sent'])
  })
})

describe('undoing', () => {
  it('is possible while it is held back and has never left', async () => {
    const one = report()
    await enqueue([one], [await photoOf(one, 10)], { holdMs: 60_000 })
    expect(await drain()).toBe('done')
    expect(server.cases.size).toBe(0)
    expect(await cancel(one.id)).toBe(true)
    expect(queue.value).toEqual([])
  })

  it('is refused when it may have arrived', async () => {
    const one = report()
    await enqueue([one])
    server.loseAnswer = 1
    expect(await drain()).toBe('later')
    expect(states()).toEqual(['waiting'])
    expect(await cancel(one.id)).toBe(false)
    now += 1
    expect(await drain()).toBe('done')
    expect(server.cases.size).toBe(1)
  })
})

describe('a phone that dies anywhere', () => {
  // A generator of one's own (mulberry32): the same deaths each time.
  function dice(seed: number): () => number {
    let state = seed
    return () => {
      state = (state + 0x6d2b79f5) | 0
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
    }
  }

  it.each(Array.from({ length: 12 }, (_, seed) => seed))(
    'loses and doubles nothing (%i)',
    async (seed) => {
      const random = dice(seed)
      server.kill = () => current().close()
      server.forgetful = seed % 2 === 1
      const sizes = Array.from({ length: 3 }, () => 1 + Math.floor(random() * 600_000))
      const reports = sizes.map(() => report())
      for (const [i, one] of reports.entries()) {
        await enqueue([one], [await photoOf(one, sizes[i] ?? 1)])
      }
      server.trouble = () => {
        const cast = random()
        // Before it arrives, or after it was carried out and before the answer is read.
        if (cast < 0.1) return { before: new Killed() }
        if (cast < 0.2) return { after: new Killed() }
        if (cast < 0.3) return { before: offline() }
        if (cast < 0.4) return { after: offline() }
        return {}
      }
      for (let turn = 0; turn < 300 && states().some((state) => state !== 'sent'); turn++) {
        if (turn > 250) server.trouble = () => ({})
        try {
          await drain()
        } catch (error) {
          if (!server.killed) throw error
          server.killed = false
          await reopen()
        }
      }
      expect(new Set(states())).toEqual(new Set(['sent']))
      expect([...server.cases.keys()].sort()).toEqual(reports.map(({ body }) => body.id).sort())
      expect(server.photos.size).toBe(3)
      expect(server.doubled).toBe(0)
      expect(await current().count('bytes')).toBe(0)
    },
  )
})

describe('a file of what was not sent', () => {
  it('is handed in elsewhere, and counts once though both send', async () => {
    const [one, sent] = [report(), report()]
    await enqueue([sent])
    await drain()
    await enqueue([one], [await photoOf(one, 300_000)])
    const file = await readUnsent((await packUnsent(current(), me)).join(''))
    expect(file.operations.map(({ id }) => id)).toEqual([one.id])
    closeCurrent()
    globalThis.indexedDB = new IDBFactory()
    await reopen()
    expect(await takeIn(file)).toBe(2)
    expect(await takeIn(file)).toBe(0)
    // It may have left the phone as well.
    expect(await cancel(one.id)).toBe(false)
    expect(await drain()).toBe('done')
    await current().clear('operations')
    await current().clear('photos')
    await takeIn(file)
    expect(await drain()).toBe('done')
    expect([server.cases.size, server.photos.size, server.doubled]).toEqual([2, 1, 0])
  })

  it('that was damaged or is another file is not taken', async () => {
    const one = report()
    await enqueue([one], [await photoOf(one, 30)])
    const text = (await packUnsent(current(), me)).join('')
    for (const wrong of ['{', '[]', '{}', text.replace(/"bytes":"...../, '"bytes":"AAAAA')]) {
      await expect(readUnsent(wrong)).rejects.toMatchObject({ code: 'file-unreadable' })
    }
  })
})

describe('what is remembered', () => {
  it('is kept with its bytes, for each account apart', async () => {
    await remember('draft', { text: '漏水', photo: new Uint8Array([1, 2, 3]).buffer })
    await reopen()
    const kept = await recall<{ photo: ArrayBuffer }>('draft')
    expect([...new Uint8Array(kept?.photo ?? new ArrayBuffer(0))]).toEqual([1, 2, 3])
    await openCurrent(uuid7())
    expect(await recall('draft')).toBeNull()
  })
})
