/** What the search box lists: what is called so, and where the typed text may be as an address. */
import type { AddressCandidate, AddressFound, Found } from '@/api/types'

export type Entry =
  | { key: string; kind: 'found'; found: Found }
  | { key: string; kind: 'address'; candidate: AddressCandidate; certain: boolean }

/** Below this an address is no more than a word in common. */
const FAINT = 0.3
const MOST_ADDRESSES = 4
const FEWEST_LETTERS = 3

/** Whether a text may be an address: some Chinese in it, and more than a word's beginning. */
export function mayBeAddress(text: string): boolean {
  return text.length >= FEWEST_LETTERS && /[\u4e00-\u9fff]/.test(text)
}

function isTheSame(found: Found, candidate: AddressCandidate): boolean {
  if (found.type === 'building') return found.id === candidate.building_id
  return found.type === candidate.kind && found.title === candidate.label
}

/** A certain address comes first; others come after what is called as typed. */
export function entriesOf(found: readonly Found[], address: AddressFound | null): Entry[] {
  const candidates = (address?.candidates ?? [])
    .filter(({ score }) => score >= FAINT)
    .slice(0, MOST_ADDRESSES)
  const certain = address?.certain === true
  const named: Entry[] = found
    .filter((each) => !candidates.some((one) => isTheSame(each, one)))
    .map((each) => ({ key: `${each.type}${each.id}`, kind: 'found', found: each }))
  const places: Entry[] = candidates.map((candidate, i) => ({
    key: `address${i}`,
    kind: 'address',
    candidate,
    certain: certain && i === 0,
  }))
  return certain ? [...places, ...named] : [...named, ...places]
}
