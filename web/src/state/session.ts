/** Who is signed in, and what they may do. */
import { reactive } from 'vue'
import { ask, FROM_HERE, onSignedOut } from '@/api/ask'
import { ApiProblem } from '@/api/problem'
import type { Me } from '@/api/types'
import {
  signIn as beginSession,
  signInByCard as beginSessionByCard,
  type CardSignIn,
  chooseOwnPassword,
  signOut as endSession,
  type FullSignIn,
  me as readSession,
} from '@/client'
import { linked } from '@/state/cardLink'

/** Locked here while the server may still hold the session: a reload must not bring it back. */
const LOCKED = 'sanbai.locked'
/** Whom the officer's app opens as without a network; nobody once he signed out here. */
export const REMEMBERED = 'sanbai.field.me'

export const session = reactive({
  me: null as Me | null,
  /** False until the first answer: neither the sign-in page nor the map is shown before. */
  known: false,
  /** The session ended while working; the address is kept, so signing in comes back here. */
  expired: false,
  /** It was locked here: somebody signs in anew. */
  locked: false,
  problem: null as ApiProblem | null,
})

/** The server no longer knows this session: show the sign-in page, keep the address. */
export function expire(): void {
  session.expired = session.me !== null
  session.me = null
  session.known = true
}

onSignedOut(expire)

export async function resume(): Promise<void> {
  session.problem = null
  try {
    if (localStorage.getItem(LOCKED) !== null) await endLocked()
    session.me = await ask(readSession())
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    if (error.status !== 401) session.problem = error
  }
  session.known = true
}

/** Whoever had a session here before has none from then on: the server ends it. */
export async function signIn(body: FullSignIn): Promise<void> {
  begin(await ask(beginSession({ body })))
}

export async function signInByCard(body: CardSignIn): Promise<void> {
  begin(await ask(beginSessionByCard({ body })))
}

function begin(me: Me): void {
  linked.card = null
  localStorage.removeItem(LOCKED)
  session.me = me
  session.expired = false
  session.locked = false
}

/** Put a password of one's own in place of a given or a forgotten one; one signs in by it then. */
export async function choosePassword(
  login: string,
  by: { password: string } | { code: string },
  next: string,
): Promise<void> {
  await ask(chooseOwnPassword({ body: { login, ...by, new_password: next } }))
}

/** Lock this computer: the session ends on the server too, as soon as that can be reached. */
export async function lock(): Promise<void> {
  localStorage.setItem(LOCKED, '1')
  session.locked = true
  session.expired = false
  session.me = null
  try {
    await endLocked()
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    // Out of reach: it is ended when this page is opened again, before anything is shown.
  }
}

/** Ends the session that was locked; 401 says that it has ended by itself. */
async function endLocked(): Promise<void> {
  try {
    await ask(endSession({ headers: FROM_HERE }))
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 401) throw error
  }
  localStorage.removeItem(LOCKED)
}

/** Another tab was locked: so is this one. */
window.addEventListener('storage', ({ key, newValue }) => {
  if (key !== LOCKED || newValue === null) return
  session.locked = true
  session.me = null
})

export async function signOut(): Promise<void> {
  await ask(endSession({ headers: FROM_HERE }))
  localStorage.removeItem(REMEMBERED)
  session.me = null
  session.expired = false
}

export function may(permission: string): boolean {
  return session.me?.permissions.includes(permission) ?? false
}

/** Whether somebody is who is signed in. */
export function isMe(accountId: string): boolean {
  return session.me?.account.id === accountId
}
