/**
 * Sends what waits: operations first, many at once, then photos in parts, one after the other.
 *
 * Each step is written down before the next, so that a phone that dies anywhere goes on from
 * there: what may have arrived is sent again under the id it had, and has its effect once.
 */
import { ApiProblem } from '@/api/problem'
import { sendPhoto } from './drainPhoto'
import { ALL, type Store } from './store'
import {
  isFinal,
  OTHER_ACCOUNT,
  type Result,
  refusalOf,
  type Sendable,
  type Transport,
} from './transport'
import type { KeptOperation, KeptPhoto } from './types'

/** The server, or what stands before it, has too much to do. */
const BUSY = new Set([429, 503])
const MOST_AT_ONCE = 200
/** The server takes 2 MiB; room for what JSON puts around. */
const MOST_CHARS = 900_000
const SENT_KEPT_MS = 3 * 86_400_000

/** `done`: nothing is left that could be sent now; `later`: ask again in a while. */
export type Outcome = 'done' | 'later' | 'sign-in' | 'other-account'

export interface Steps {
  store: Store
  account: string
  transport: Transport
  now: () => number
  /** Called whenever something is written down. */
  changed: () => Promise<void>
}

/** Sends all that can be sent; the caller sees to it that only one tab does. */
export async function drainAll(steps: Steps): Promise<Outcome> {
  await begin(steps)
  try {
    let asked = false
    /** What the server failed at this time: it waits for another, and the rest goes on. */
    const failed = new Set<string>()
    for (;;) {
      const work = await nextWork(steps, failed)
      if (work === null) return (await anyWaits(steps, failed)) ? 'later' : 'done'
      if (!asked && (await steps.transport.whoAmI()) !== steps.account) return 'other-account'
      asked = true
      if ('photo' in work) await sendPhoto(steps, work.photo)
      else if (!(await sendBatch(steps, work.operations, failed))) return 'later'
    }
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    if (error.code === OTHER_ACCOUNT) return 'other-account'
    return error.status === 401 ? 'sign-in' : 'later'
  }
}

/** What was under way when the phone died waits again; what arrived days ago is forgotten. */
async function begin({ store, now, changed }: Steps): Promise<void> {
  let any = false
  const tx = store.transaction(ALL, 'readwrite')
  for (const name of ['operations', 'photos'] as const) {
    const items = tx.objectStore(name)
    for (const one of await items.getAll()) {
      if (one.state === 'sending') await items.put({ ...one, state: 'waiting' } as never)
      else if (one.state === 'sent' && (one.sentAt ?? 0) < now() - SENT_KEPT_MS)
        await items.delete(one.id)
      else continue
      any = true
    }
  }
  await tx.done
  if (any) await changed()
}

async function anyWaits({ store }: Steps, ids: ReadonlySet<string>): Promise<boolean> {
  const all = await store.getAll('operations')
  return all.some(({ id, state }) => state === 'waiting' && ids.has(id))
}

type Work = { operations: KeptOperation[] } | { photo: KeptPhoto }

const LONGEST_HOLD_MS = 600_000

/** Kept back so that it can be undone; not for days where the phone's clock was set back. */
function isHeld({ notBefore }: KeptOperation | KeptPhoto, now: number): boolean {
  return notBefore > now && notBefore < now + LONGEST_HOLD_MS
}

/** Operations before photos: a case is known before its pictures come. */
async function nextWork({ store, now }: Steps, failed: ReadonlySet<string>): Promise<Work | null> {
  const tx = store.transaction(['operations', 'photos'])
  const operations = await tx.objectStore('operations').index('order').getAll()
  const photos = await tx.objectStore('photos').index('order').getAll()
  const open = new Set(
    [...operations, ...photos].filter(({ state }) => state !== 'sent').map(({ id }) => id),
  )
  const may = (one: KeptOperation | KeptPhoto) =>
    one.state === 'waiting' &&
    !failed.has(one.id) &&
    !isHeld(one, now()) &&
    !one.needs.some((id) => open.has(id))
  const batch: KeptOperation[] = []
  let chars = 0
  for (const one of operations) {
    if (!may(one)) continue
    chars += JSON.stringify(one.body).length
    if (batch.length > 0 && (chars > MOST_CHARS || batch.length >= MOST_AT_ONCE)) break
    batch.push(one)
    // What needs it may come along: the server holds it back where this one is not taken.
    open.delete(one.id)
  }
  if (batch.length > 0) return { operations: batch }
  const photo = photos.find(may)
  return photo === undefined ? null : { photo }
}

/** Sends a batch and writes down what became of each; false when the server is to be left alone. */
async function sendBatch(
  steps: Steps,
  batch: KeptOperation[],
  failed: Set<string>,
): Promise<boolean> {
  const leaving = await markSending(steps, batch)
  if (leaving.length === 0) return true
  try {
    const results = await syncOrHalve(steps.transport, leaving)
    await settle(steps, leaving, results)
    const arrivedIds = new Set(results.filter(came).map(({ id }) => id))
    for (const { id } of leaving) if (!arrivedIds.has(id)) failed.add(id)
    return !results.some(({ outcome, status }) => outcome === 'later' && BUSY.has(status))
  } catch (error) {
    await settle(steps, leaving, [])
    throw error
  }
}

/** Those that are still there: somebody may have undone one meanwhile. */
async function markSending(steps: Steps, batch: KeptOperation[]): Promise<KeptOperation[]> {
  const tx = steps.store.transaction('operations', 'readwrite', { durability: 'strict' })
  const leaving: KeptOperation[] = []
  for (const { id } of batch) {
    const one = await tx.store.get(id)
    if (one?.state !== 'waiting') continue
    leaving.push({ ...one, state: 'sending', tries: one.tries + 1, triedAt: steps.now() })
    await tx.store.put(leaving.at(-1) as KeptOperation)
  }
  await tx.done
  await steps.changed()
  return leaving
}

/** A batch that is refused as a whole is sent in halves, until the one is found that is wrong. */
async function syncOrHalve(transport: Transport, batch: readonly Sendable[]): Promise<Result[]> {
  try {
    const inside = new Set(batch.map(({ id }) => id))
    return await transport.sync(
      batch.map((one) => ({ ...one, needs: one.needs.filter((id) => inside.has(id)) })),
    )
  } catch (error) {
    if (!isFinal(error)) throw error
    const [only] = batch
    if (batch.length === 1 && only !== undefined) {
      const { status } = error
      const outcome = status === 409 ? 'conflict' : 'refused'
      return [{ id: only.id, outcome, status, answer: null, problem: refusalOf(error) }]
    }
    const middle = Math.ceil(batch.length / 2)
    const first = await syncOrHalve(transport, batch.slice(0, middle))
    const failed = new Set(first.filter(({ outcome }) => !arrived(outcome)).map(({ id }) => id))
    // Without what it needs the second half is not even tried; it waits for another turn.
    const second = batch.slice(middle).filter(({ needs }) => !needs.some((id) => failed.has(id)))
    return second.length === 0 ? first : [...first, ...(await syncOrHalve(transport, second))]
  }
}

function arrived(outcome: Result['outcome']): boolean {
  return outcome === 'applied' || outcome === 'already'
}

/** The report came before under another operation: by a file that was handed in, say. */
function came({ outcome, problem }: Result): boolean {
  return arrived(outcome) || (outcome === 'conflict' && problem?.code === 'case-exists')
}

async function settle(
  steps: Steps,
  batch: KeptOperation[],
  results: readonly Result[],
): Promise<void> {
  const told = new Map(results.map((one) => [one.id, one]))
  const tx = steps.store.transaction('operations', 'readwrite', { durability: 'strict' })
  for (const { id } of batch) {
    const one = await tx.store.get(id)
    if (one === undefined) continue
    const result = told.get(id)
    if (result !== undefined && came(result)) {
      const number = numberIn(result.answer)
      // Its body has arrived; eight hours of points would fill the phone.
      await tx.store.put({ ...one, state: 'sent', sentAt: steps.now(), number, body: {} })
    } else if (result?.outcome === 'conflict' || result?.outcome === 'refused') {
      await tx.store.put({ ...one, state: result.outcome, problem: result.problem })
    } else {
      await tx.store.put({ ...one, state: 'waiting', problem: result?.problem ?? null })
    }
  }
  await tx.done
  await steps.changed()
}

function numberIn(answer: unknown): string | null {
  const { number } = (answer ?? {}) as { number?: unknown }
  return typeof number === 'string' ? number : null
}
