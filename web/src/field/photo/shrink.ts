/** A photo made smaller on the phone; where and when it was taken stay with it. */
import { ApiProblem } from '@/api/problem'
import type { Here } from '../mine/position'
import { readTaken, type Taken, withTaken } from './exif'

export const LONGEST_PX = 2048
const QUALITY = 0.82
/** What was written so shortly ago was taken here and now. */
const FRESH_MS = 5 * 60_000
/** A position worse than this says nothing of where a picture was taken. */
const WORST_M = 200
const UNREADABLE = 415

/** A JPEG of at most 2,048 px, upright. Throws an `ApiProblem` when the file is no picture. */
export async function shrinkPhoto(
  file: File,
  here: Here | null,
  nowMs = Date.now(),
): Promise<ArrayBuffer> {
  const original = await file.arrayBuffer()
  const small = await drawn(new Blob([original], { type: file.type }))
  const fresh = Math.abs(nowMs - file.lastModified) < FRESH_MS
  return withTaken(small, notesFor(readTaken(original), fresh ? here : null, fresh ? nowMs : null))
}

async function drawn(picture: Blob): Promise<ArrayBuffer> {
  const bitmap = await decoded(picture)
  const scale = Math.min(1, LONGEST_PX / Math.max(bitmap.width, bitmap.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(bitmap.width * scale))
  canvas.height = Math.max(1, Math.round(bitmap.height * scale))
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', QUALITY))
  // Cheap phones give the memory of a canvas back only when it is small.
  canvas.width = canvas.height = 0
  if (made === null) throw new ApiProblem('photo-too-big-for-phone', UNREADABLE)
  return made.arrayBuffer()
}

async function decoded(picture: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(picture, { imageOrientation: 'from-image' })
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
    throw new ApiProblem('photo-unreadable', UNREADABLE)
  }
}

/** What the camera wrote; of a picture taken just now, what the phone knows where it said nothing. */
export function notesFor(own: Taken, here: Here | null, nowMs: number | null): Taken {
  const notes = { ...own }
  if (notes.local === undefined && nowMs !== null) Object.assign(notes, clockNotes(nowMs))
  if (notes.lon === undefined && here !== null && here.accuracyM <= WORST_M)
    Object.assign(notes, { lon: here.lon, lat: here.lat, datum: 'WGS-84' })
  return notes
}

function clockNotes(nowMs: number): Pick<Taken, 'local' | 'offset'> {
  const now = new Date(nowMs)
  const aheadMin = -now.getTimezoneOffset()
  const two = (value: number) => String(value).padStart(2, '0')
  const local = new Date(nowMs + aheadMin * 60_000).toISOString()
  const [sign, minutes] = [aheadMin < 0 ? '-' : '+', Math.abs(aheadMin)]
  return {
    local: `${local.slice(0, 10).replaceAll('-', ':')} ${local.slice(11, 19)}`,
    offset: `${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`,
  }
}
