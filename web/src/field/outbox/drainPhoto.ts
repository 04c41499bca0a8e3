/** Sends one photo in parts, and lets go of its bytes when the server has found them whole. */
import { uuid7 } from '@/lib/uuid7'
import type { Steps } from './drain'
import { sha256Hex } from './sha256'
import { ALL } from './store'
import { isFinal, type PhotoState, refusalOf } from './transport'
import type { KeptPhoto, Refusal } from './types'

function damaged({ role }: KeptPhoto): Refusal {
  const code = role === 'voice' ? 'sound-damaged' : 'photo-damaged'
  return { code, status: 0, params: {}, errors: [], detail: '' }
}

/** Throws what may go better later; what the server does not take stays with its reason. */
export async function sendPhoto(steps: Steps, waiting: KeptPhoto): Promise<void> {
  const photo = await note(steps, waiting.id, {
    state: 'sending',
    tries: waiting.tries + 1,
    triedAt: steps.now(),
  })
  if (photo === null) return
  try {
    await sendWhole(steps, photo)
  } catch (error) {
    if (!isFinal(error)) {
      await note(steps, photo.id, { state: 'waiting' })
      throw error
    }
    const state = error.status === 409 ? 'conflict' : 'refused'
    await note(steps, photo.id, { state, problem: refusalOf(error) })
  }
}

async function sendWhole(steps: Steps, photo: KeptPhoto): Promise<void> {
  const bytes = await steps.store.get('bytes', photo.id)
  if (bytes === undefined || (await sha256Hex(bytes)) !== photo.sha256) {
    await note(steps, photo.id, { state: 'refused', problem: damaged(photo) })
    return
  }
  if (await completedBefore(steps, photo)) return arrived(steps, photo)
  const { transport } = steps
  // Each time under a new id: the same would be told what was missing the first time.
  const state = await transport.beginPhoto(photo, uuid7())
  if (!state.done) {
    await sendParts(steps, photo, bytes, state)
    const completeId = uuid7()
    await note(steps, photo.id, { completeId })
    await transport.completePhoto(photo, completeId)
  }
  await arrived(steps, photo)
}

/** Its answer was lost the last time; the server remembers answers longer than uploads. */
async function completedBefore({ transport }: Steps, photo: KeptPhoto): Promise<boolean> {
  if (photo.completeId === null) return false
  try {
    await transport.completePhoto(photo, photo.completeId)
    return true
  } catch (error) {
    if (!isFinal(error)) throw error
    return false
  }
}

async function sendParts(
  steps: Steps,
  photo: KeptPhoto,
  bytes: ArrayBuffer,
  { missing, part_bytes }: PhotoState,
): Promise<void> {
  let rest = missing.reduce((sum, from) => sum + Math.min(part_bytes, bytes.byteLength - from), 0)
  await note(steps, photo.id, { sentBytes: bytes.byteLength - rest })
  for (const from of missing) {
    const part = bytes.slice(from, from + part_bytes)
    await steps.transport.putPart(photo, from, part, uuid7())
    rest -= part.byteLength
    await note(steps, photo.id, { sentBytes: bytes.byteLength - rest })
  }
}

/** Changes what is known of a photo; null when it is no longer there. */
async function note(
  { store, changed }: Steps,
  id: string,
  change: Partial<KeptPhoto>,
): Promise<KeptPhoto | null> {
  const tx = store.transaction('photos', 'readwrite', { durability: 'strict' })
  const old = await tx.store.get(id)
  const next = old === undefined ? null : { ...old, ...change }
  if (next !== null) await tx.store.put(next)
  await tx.done
  await changed()
  return next
}

async function arrived({ store, now, changed }: Steps, { id }: KeptPhoto): Promise<void> {
  const tx = store.transaction(ALL, 'readwrite', { durability: 'strict' })
  const photos = tx.objectStore('photos')
  const old = await photos.get(id)
  if (old !== undefined) {
    const { sizeBytes } = old
    await photos.put({ ...old, state: 'sent', sentAt: now(), sentBytes: sizeBytes, problem: null })
    await tx.objectStore('bytes').delete(id)
  }
  await tx.done
  await changed()
}
