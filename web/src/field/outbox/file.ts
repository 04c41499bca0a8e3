/** What was not sent, as one file: handed in at a desk or on another phone by who wrote it. */
import { ApiProblem } from '@/api/problem'
import type { Me } from '@/api/types'
import { current } from './current'
import { changed, wake } from './outbox'
import { sha256Hex } from './sha256'
import { ALL, type Store, told } from './store'
import type { KeptOperation, KeptPhoto } from './types'

const FORMAT = 'sanbai-outbox'
const VERSION = 1
/** A multiple of three: pieces of base64 can be put one after the other. */
const PIECE_BYTES = 0x8000 - 2

export interface HandedIn {
  account: { id: string; login: string; display_name: string }
  madeAt: string
  operations: KeptOperation[]
  photos: (KeptPhoto & { bytes: string })[]
}

function base64(bytes: ArrayBuffer): string {
  const all = new Uint8Array(bytes)
  const pieces: string[] = []
  for (let from = 0; from < all.length; from += PIECE_BYTES) {
    pieces.push(btoa(String.fromCharCode(...all.subarray(from, from + PIECE_BYTES))))
  }
  return pieces.join('')
}

function bytesOf(text: string): ArrayBuffer {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes.buffer
}

/** The pieces of a file with all that has not arrived; one photo after the other is read. */
export async function packUnsent(store: Store, me: Me): Promise<string[]> {
  const { id, login, display_name } = me.account
  const head = { format: FORMAT, version: VERSION, account: { id, login, display_name } }
  const waiting = <T extends { state: string }>(one: T) => one.state !== 'sent'
  const operations = (await store.getAllFromIndex('operations', 'order')).filter(waiting)
  const photos = (await store.getAllFromIndex('photos', 'order')).filter(waiting)
  const pieces = [
    JSON.stringify({ ...head, madeAt: new Date().toISOString(), operations }).slice(0, -1),
    ',"photos":[',
  ]
  for (const [i, photo] of photos.entries()) {
    const bytes = await store.get('bytes', photo.id)
    if (bytes === undefined) continue
    if (i > 0) pieces.push(',')
    pieces.push(JSON.stringify({ ...photo, bytes: base64(bytes) }))
  }
  return [...pieces, ']}']
}

/** Gives the file to the phone to keep or to pass on. */
export async function saveUnsent(me: Me): Promise<void> {
  const pieces = await packUnsent(current(), me)
  const address = URL.createObjectURL(new Blob(pieces, { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = address
  link.download = `sanbai-${me.account.login}-${new Date().toISOString().slice(0, 16).replace(/[-:]/g, '')}.json`
  link.click()
  // The download has begun by then; a phone short of memory wants it back.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

const unreadable = () => new ApiProblem('file-unreadable', 422)

/** Reads a file that `packUnsent` wrote. Throws an `ApiProblem` `file-unreadable`. */
export async function readUnsent(text: string): Promise<HandedIn> {
  let told: Partial<HandedIn> & { format?: string; version?: number }
  try {
    told = JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw unreadable()
  }
  const { account, madeAt, operations, photos } = told ?? {}
  if (told?.format !== FORMAT || told.version !== VERSION || !account || !madeAt) throw unreadable()
  if (!Array.isArray(operations) || !Array.isArray(photos)) throw unreadable()
  for (const { bytes, sha256 } of photos) {
    if ((await sha256Hex(bytesOf(bytes))) !== sha256) throw unreadable()
  }
  return { account, madeAt, operations, photos }
}

/** Puts what was handed in into the outbox; what is there already stays. Returns how much came. */
export async function takeIn({ operations, photos }: HandedIn): Promise<number> {
  const tx = current().transaction(ALL, 'readwrite', { durability: 'strict' })
  const work = async () => {
    let came = 0
    // It may have been sent by the other phone too, so it cannot be undone here.
    const anew = (tries: number) => ({
      state: 'waiting' as const,
      notBefore: 0,
      tries: Math.max(1, tries),
    })
    for (const one of operations) {
      if ((await tx.objectStore('operations').get(one.id)) !== undefined) continue
      await tx.objectStore('operations').add({ ...one, ...anew(one.tries) })
      came += 1
    }
    for (const { bytes, ...one } of photos) {
      if ((await tx.objectStore('photos').get(one.id)) !== undefined) continue
      await tx.objectStore('photos').add({ ...one, ...anew(one.tries) })
      await tx.objectStore('bytes').add(bytesOf(bytes), one.id)
      came += 1
    }
    return came
  }
  const [came] = await Promise.all([told(work()), told(tx.done)])
  await changed()
  wake()
  return came
}
