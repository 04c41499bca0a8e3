/** Photos and voice notes in the making: bytes lie apart, what holds them is written often. */
import { uuid7 } from '@/lib/uuid7'
import { forget, type NewPhoto, recall, remember, sha256Hex } from '../outbox'
import { endRecordings, type Recorded } from '../voice/recorder'

export type Role = 'before' | 'after'

export interface HeldPhoto {
  id: string
  role: Role | 'voice'
  sha256: string
  /** Of a voice note, how long it is and what it was recorded as. */
  durationMs?: number
  mediaType?: string
}

export interface Album {
  photos: HeldPhoto[]
  /** The camera was opened for this and nothing has come back yet. */
  camera: Role | null
}

const keyOf = (id: string) => `photo-${id}`

export function photosOf(album: Album, role: HeldPhoto['role']): HeldPhoto[] {
  return album.photos.filter((one) => one.role === role)
}

export async function addPhoto(
  album: Album,
  role: Role,
  bytes: ArrayBuffer,
  sha256: string,
): Promise<void> {
  const id = uuid7()
  await remember(keyOf(id), bytes)
  album.photos = [...album.photos, { id, role, sha256 }]
}

export async function addVoice(album: Album, recorded: Recorded): Promise<void> {
  const { bytes, durationMs, mediaType } = recorded
  const id = uuid7()
  const sha256 = await sha256Hex(bytes)
  await remember(keyOf(id), bytes)
  album.photos = [...album.photos, { id, role: 'voice', sha256, durationMs, mediaType }]
}

export async function removePhoto(album: Album, id: string): Promise<void> {
  album.photos = album.photos.filter((one) => one.id !== id)
  await forget(keyOf(id))
}

export async function bytesOf(id: string): Promise<ArrayBuffer | null> {
  return recall<ArrayBuffer>(keyOf(id))
}

/** Lets the bytes go: they are in the outbox, or nobody wants them. */
export async function emptyAlbum(album: Album): Promise<void> {
  await endRecordings()
  for (const { id } of album.photos) await forget(keyOf(id))
  album.photos = []
}

/** The photos and voice notes as the outbox takes them. */
export async function photosToSend(
  album: Album,
  caseId: string,
  needs: string[],
): Promise<NewPhoto[]> {
  await endRecordings()
  const photos: NewPhoto[] = []
  for (const { id, role, sha256, durationMs } of album.photos) {
    const bytes = await bytesOf(id)
    if (bytes !== null) photos.push({ id, caseId, role, sha256, durationMs, needs, bytes })
  }
  return photos
}
