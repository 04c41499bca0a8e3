/** Putting things into the outbox, taking them out again, and seeing what is in it. */
import { computed, shallowRef } from 'vue'
import { current, currentAccount } from './current'
import { ALL, plain, type Store, told } from './store'
import type { Item, KeptOperation, KeptPhoto, NewOperation, NewPhoto } from './types'

const items = shallowRef<Item[]>([])
/** All that is in the outbox in the order in which it was done; replaced when anything changes. */
export const queue = computed<readonly Item[]>(() => items.value)
/** How much has not arrived. */
export const unsent = computed(() => items.value.filter(({ state }) => state !== 'sent').length)
/** How much asks for somebody to look. */
export const troubled = computed(() => items.value.filter(isTroubled).length)

export function isTroubled({ state }: Item): boolean {
  return state === 'conflict' || state === 'refused'
}

let channel: BroadcastChannel | null = null
const awaiting = new Set<() => void>()

/** Called after something was put in or is to be tried again. */
export function onWork(listener: () => void): () => void {
  awaiting.add(listener)
  return () => awaiting.delete(listener)
}

/** Begins to show the outbox of the account that is open, in this tab and as others change it. */
export async function showQueue(): Promise<void> {
  hideQueue()
  if (typeof BroadcastChannel !== 'undefined') {
    channel = new BroadcastChannel(`sanbai-outbox-${currentAccount()}`)
    channel.onmessage = () => void refresh()
  }
  await refresh()
}

export function hideQueue(): void {
  channel?.close()
  channel = null
  items.value = []
}

/** Reads the outbox anew, here and in other tabs. */
export async function changed(): Promise<void> {
  channel?.postMessage('changed')
  await refresh()
}

async function refresh(): Promise<void> {
  items.value = await readItems(current())
}

export async function readItems(store: Store): Promise<Item[]> {
  const tx = store.transaction(['operations', 'photos'])
  const [operations, photos] = await Promise.all([
    tx.objectStore('operations').getAll(),
    tx.objectStore('photos').getAll(),
  ])
  const stuck = new Set(
    [...operations, ...photos]
      .filter(({ state }) => /conflict|refused/.test(state))
      .map(({ id }) => id),
  )
  const blockedBy = (needs: string[]) => needs.find((id) => stuck.has(id)) ?? null
  const all: Item[] = [
    ...operations.map((one) => ({
      kind: 'operation' as const,
      blockedBy: blockedBy(one.needs),
      ...one,
    })),
    ...photos.map((one) => ({ kind: 'photo' as const, blockedBy: blockedBy(one.needs), ...one })),
  ]
  return all.sort((a, b) => a.order - b.order)
}

export interface Hold {
  /** Milliseconds in which it stays here, so that it can be undone. */
  holdMs?: number
}

/**
 * Puts operations and photos into the outbox, all of them or none.
 *
 * Throws an `ApiProblem` with the code `storage-full` or `storage-unavailable` when the phone
 * cannot keep them; nothing is kept then.
 */
export async function enqueue(
  operations: readonly NewOperation[],
  photos: readonly NewPhoto[] = [],
  { holdMs = 0 }: Hold = {},
): Promise<void> {
  await told(
    put(
      current(),
      plain([...operations]),
      plain([...photos]),
      holdMs === 0 ? 0 : Date.now() + holdMs,
    ),
  )
  await changed()
  wake()
  void askToKeep()
}

/** Asked when there is something to keep: then somebody who is asked knows why. */
async function askToKeep(): Promise<void> {
  const { storage } = navigator
  if (storage?.persist === undefined || (await storage.persisted())) return
  await storage.persist()
}

/** Something may be sent now. */
export function wake(): void {
  for (const listener of awaiting) listener()
}

async function put(
  store: Store,
  operations: NewOperation[],
  photos: NewPhoto[],
  notBefore: number,
): Promise<void> {
  const tx = store.transaction(ALL, 'readwrite', { durability: 'strict' })
  const work = async () => {
    let order = await lastOrder(tx.objectStore('operations').index('order'))
    order = Math.max(order, await lastOrder(tx.objectStore('photos').index('order')))
    for (const one of operations) {
      await tx.objectStore('operations').add(keptOperation(one, ++order, notBefore))
    }
    for (const one of photos) {
      await tx.objectStore('photos').add(keptPhoto(one, ++order, notBefore))
      await tx.objectStore('bytes').add(one.bytes, one.id)
    }
  }
  await Promise.all([work(), tx.done])
}

async function lastOrder(index: {
  openKeyCursor: (range: null, direction: 'prev') => Promise<{ key: number } | null>
}): Promise<number> {
  return (await index.openKeyCursor(null, 'prev'))?.key ?? 0
}

function fresh(id: string, order: number, notBefore: number, needs: string[]) {
  return {
    id,
    order,
    needs,
    state: 'waiting' as const,
    madeAt: Date.now(),
    notBefore,
    tries: 0,
    triedAt: null,
    sentAt: null,
    problem: null,
  }
}

function keptOperation(one: NewOperation, order: number, notBefore: number): KeptOperation {
  const { id, path, body, needs = [], label, subject = {} } = one
  return { ...fresh(id, order, notBefore, needs), path, body, label, subject, number: null }
}

function keptPhoto(one: NewPhoto, order: number, notBefore: number): KeptPhoto {
  const { id, caseId, role, sha256, durationMs, needs, bytes } = one
  return {
    ...fresh(id, order, notBefore, needs),
    caseId,
    role,
    sha256,
    durationMs,
    sizeBytes: bytes.byteLength,
    sentBytes: 0,
    completeId: null,
  }
}
