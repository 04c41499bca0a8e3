/** Who is signed in, and what they may do. */
import { reactive } from 'vue'
import { ask, FROM_HERE, onSignedOut } from '@/api/ask'
import { ApiProblem } from '@/api/problem'
import type { Me } from '@/api/types'
import {
  signIn as beginSession,
  chooseOwnPassword,
  signOut as endSession,
  me as readSession,
} from '@/client'

export const session = reactive({
  me: null as Me | null,
  /** False until the first answer: neither the sign-in page nor the map is shown before. */
  known: false,
  /** The session ended while working; the address is kept, so signing in comes back here. */
  expired: false,
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
    session.me = await ask(readSession())
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    if (error.status !== 401) session.problem = error
  }
  session.known = true
}

export async function signIn(login: string, password: string): Promise<void> {
  session.me = await ask(beginSession({ body: { login, password } }))
  session.expired = false
}

/** Put a password of one's own in place of a given or a forgotten one, and sign in by it. */
export async function chooseAndSignIn(
  login: string,
  by: { password: string } | { code: string },
  next: string,
): Promise<void> {
  await ask(chooseOwnPassword({ body: { login, ...by, new_password: next } }))
  await signIn(login, next)
}

export async function signOut(): Promise<void> {
  await ask(endSession({ headers: FROM_HERE }))
  session.me = null
  session.expired = false
}

export function may(permission: string): boolean {
  return session.me?.permissions.includes(permission) ?? false
}
