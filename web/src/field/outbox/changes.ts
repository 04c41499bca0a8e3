/** What somebody does to what waits: undo it, try it again, change it, drop it. */
import { uuid7 } from '@/lib/uuid7'
import { current } from './current'
import { changed, wake } from './outbox'
import { ALL, plain, type Store, told } from './store'
import type { Body, KeptOperation, KeptPhoto } from './types'

/**
 * Takes out something that has never left this phone, and all that needs it.
 *
 * False when it is too late: it is being sent or may have arrived. Nothing changes then.
 */
export async function cancel(id: string): Promise<boolean> {
  const done = await takeOut(id, (one) => one.tries === 0 && one.state === 'waiting')
  if (done) await changed()
  return done
}

/** Gives something up that was not sent, with all that needs it; not while it is being sent. */
export async function drop(id: string): Promise<boolean> {
  const done = await takeOut(id, (one) => one.state !== 'sending' && one.state !== 'sent')
  if (done) await changed()
  return done
}

/** What would go with it. */
export async function dependents(id: string): Promise<string[]> {
  const tx = current().transaction(ALL)
  return [...(await withDependents(tx, id))].filter((one) => one !== id)
}

type Readable = Pick<ReturnType<Store['transaction']>, 'objectStore'>

async function withDependents(tx: unknown, id: string): Promise<Set<string>> {
  const from = tx as Readable
  const all = [
    ...((await from.objectStore('operations' as never).getAll()) as KeptOperation[]),
    ...((await from.objectStore('photos' as never).getAll()) as KeptPhoto[]),
  ].sort((a, b) => a.order - b.order)
  const found = new Set([id])
  // What needs something comes after it, unless it was changed: so until nothing is added.
  for (let before = 0; before !== found.size; ) {
    before = found.size
    for (const one of all) if (one.needs.some((need) => found.has(need))) found.add(one.id)
  }
  return found
}

async function takeOut(
  id: string,
  allowed: (one: KeptOperation | KeptPhoto) => boolean,
): Promise<boolean> {
  const tx = current().transaction(ALL, 'readwrite')
  const work = async () => {
    const ids = await withDependents(tx, id)
    const [operations, photos] = [tx.objectStore('operations'), tx.objectStore('photos')]
    const found = await Promise.all(
      [...ids].map(async (one) => (await operations.get(one)) ?? (await photos.get(one))),
    )
    if (found.some((one) => one === undefined || !allowed(one))) return false
    for (const one of ids) {
      await operations.delete(one)
      await photos.delete(one)
      await tx.objectStore('bytes').delete(one)
    }
    return true
  }
  const [done] = await Promise.all([told(work()), tx.done])
  return done
}

/** Lets something that was not taken be sent again as it is: rights may have come back. */
export async function retry(id: string): Promise<void> {
  const tx = current().transaction(ALL, 'readwrite')
  const work = async () => {
    for (const name of ['operations', 'photos'] as const) {
      const store = tx.objectStore(name)
      const one = await store.get(id)
      if (one === undefined || (one.state !== 'conflict' && one.state !== 'refused')) continue
      await store.put({ ...one, state: 'waiting', problem: null, notBefore: 0 } as never)
    }
  }
  await Promise.all([work(), tx.done])
  await changed()
  wake()
}

/**
 * Sends something that was not taken with another body. It is another operation then: what
 * needed the old one needs the new one. Returns its id, or null when it was taken meanwhile.
 */
export async function amend(id: string, body: Body): Promise<string | null> {
  const next = uuid7()
  const tx = current().transaction(ALL, 'readwrite')
  const work = async () => {
    const operations = tx.objectStore('operations')
    const old = await operations.get(id)
    if (old === undefined || (old.state !== 'conflict' && old.state !== 'refused')) return null
    await operations.delete(id)
    await operations.add({
      ...old,
      id: next,
      body: plain(body),
      state: 'waiting',
      tries: 0,
      notBefore: 0,
      problem: null,
    })
    for (const name of ['operations', 'photos'] as const) {
      const store = tx.objectStore(name)
      for (const one of await store.getAll()) {
        if (!one.needs.includes(id)) continue
        await store.put({
          ...one,
          needs: one.needs.map((need) => (need === id ? next : need)),
        } as never)
      }
    }
    return next
  }
  const [made] = await Promise.all([told(work()), tx.done])
  await changed()
  wake()
  return made
}
