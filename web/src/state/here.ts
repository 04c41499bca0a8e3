/** Who signs in on this computer, kept here and nowhere else; and when it locks itself. */
import { reactive } from 'vue'

export interface PersonHere {
  login: string
  name: string
  /** The code of a sign-in card, where one comes in by card: with the PIN alone it opens nothing. */
  card: string | null
}

const PEOPLE = 'sanbai.people'
const MINUTES = 'sanbai.lockMinutes'
/** Where somebody is remembered the computer is shared, so it locks itself. */
export const USUAL_MINUTES = 15
export const LOCK_MINUTES = [0, 5, 10, 15, 30, 60]
const MOST_PEOPLE = 12

export const here = reactive({ people: readPeople(), lockMinutes: readMinutes() })

function readPeople(): PersonHere[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(PEOPLE) ?? '[]')
    return Array.isArray(kept) ? kept.filter(isPerson).slice(0, MOST_PEOPLE) : []
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return []
  }
}

function isPerson(kept: unknown): kept is PersonHere {
  const { login, name, card } = (kept ?? {}) as Record<string, unknown>
  return (
    typeof login === 'string' &&
    typeof name === 'string' &&
    (card === null || typeof card === 'string')
  )
}

function readMinutes(): number {
  const kept = Number(localStorage.getItem(MINUTES) ?? '0')
  return LOCK_MINUTES.includes(kept) ? kept : 0
}

function keepPeople(): void {
  localStorage.setItem(PEOPLE, JSON.stringify(here.people))
}

/** Remembers who signed in here; the first one makes the computer lock itself. */
export function rememberHere(person: PersonHere): void {
  if (here.people.length === 0 && localStorage.getItem(MINUTES) === null) {
    setLockMinutes(USUAL_MINUTES)
  }
  const others = here.people.filter(({ login }) => login !== person.login)
  here.people = [person, ...others].slice(0, MOST_PEOPLE)
  keepPeople()
}

export function forgetHere(login: string): void {
  here.people = here.people.filter((person) => person.login !== login)
  keepPeople()
}

export function setLockMinutes(minutes: number): void {
  here.lockMinutes = minutes
  localStorage.setItem(MINUTES, String(minutes))
}
