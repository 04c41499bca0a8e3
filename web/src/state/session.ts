/** Who is signed in, and what they may do. */
import { reactive } from 'vue'
import { call, get, onSignedOut } from '@/api/http'
import { ApiProblem } from '@/api/problem'
import type { Me } from '@/api/types'

export const session = reactive({
  me: null as Me | null,
  /** False until the first answer: neither the sign-in page nor the map is shown before. */
  known: false,
  /** The session ended while working; the address is kept, so signing in comes back here. */
  expired: false,
  problem: null as ApiProblem | null,
})

onSignedOut(() => {
  session.expired = session.me !== null
  session.me = null
  session.known = true
})

export async function resume(): Promise<void> {
  session.problem = null
  try {
    session.me = await get<Me>('/api/v1/session')
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    if (error.status !== 401) session.problem = error
  }
  session.known = true
}

export async function signIn(login: string, password: string): Promise<void> {
  const { data } = await call<Me>('POST', '/api/v1/session', { body: { login, password } })
  session.me = data
  session.expired = false
}

export async function signOut(): Promise<void> {
  await call('DELETE', '/api/v1/session')
  session.me = null
  session.expired = false
}

export function may(permission: string): boolean {
  return session.me?.permissions.includes(permission) ?? false
}
