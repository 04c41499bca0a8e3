/** What the server made of a pasted message, and what of it somebody chose. */
import type { MessageRead } from '@/client'
import type { LonLat } from '@/map/leaflet'

export interface Chosen {
  text: string
  /** Position in the lists of proposals; -1: none of them. */
  category: number
  place: number
}

/** What a report is filled in with; what nobody chose stays empty. */
export interface Filled {
  description: string
  categoryId: number | null
  position: LonLat | null
  accuracyM: number | null
  address: string
  seenAt: string | null
  photo: File | null
}

/** Only what is certain is chosen beforehand; the rest is for a person to choose. */
export function firstChoice(read: MessageRead): Chosen {
  return {
    text: read.text,
    category: read.category_certain ? 0 : -1,
    place: read.place_certain ? 0 : -1,
  }
}

export function filledFrom(read: MessageRead, chosen: Chosen, photo: File | null): Filled {
  const place = read.places[chosen.place] ?? null
  return {
    description: chosen.text.trim(),
    categoryId: read.categories[chosen.category]?.category_id ?? null,
    position: place === null ? null : [place.centre[0], place.centre[1]],
    accuracyM: place === null ? null : place.precision_m,
    address: place === null ? '' : place.label,
    seenAt: read.said_at,
    photo,
  }
}

const PICTURES = ['image/jpeg', 'image/png', 'image/webp']

/** The pictures among what was pasted or dropped, and how many other files there were. */
export function picturesOf(files: Iterable<File>): { pictures: File[]; others: number } {
  const all = [...files]
  const pictures = all.filter(({ type }) => PICTURES.includes(type))
  return { pictures, others: all.length - pictures.length }
}
