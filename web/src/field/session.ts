/** Who works with this phone: remembered, so that the app opens without a network. */
import { nextTick, reactive, watch } from 'vue'
import { ask, FROM_HERE, onSignedOut } from '@/api/ask'
import { ApiProblem } from '@/api/problem'
import type { Me } from '@/api/types'
import { signOut as endSession, me as readSession } from '@/client'
import { expire, lock, REMEMBERED, resume, session } from '@/state/session'
import { dropThumbs } from './mine/thumbs'
import { closeCurrent, eraseAccount } from './outbox/current'
import { stopDraining } from './outbox/drainer'
import { hideQueue, wake } from './outbox/outbox'

/** Set by `lock`: a locked phone is not opened by what it remembers. */
const LOCKED = 'sanbai.locked'

export const field = reactive({
  /** The server no longer knows the session: work goes on, sending waits for a sign-in. */
  mustSignIn: false,
  /** The sign-in page lies over the app. */
  signingIn: false,
})

function remembered(): Me | null {
  try {
    const kept = JSON.parse(localStorage.getItem(REMEMBERED) ?? 'null') as Me | null
    return typeof kept?.account?.id === 'string' ? kept : null
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return null
  }
}

/** Opens the app as whoever worked with it last, and asks the server when it can be reached. */
export async function open(): Promise<void> {
  onSignedOut(askToSignIn)
  watch(() => session.me, keep)
  window.addEventListener('online', () => {
    if (session.me !== null) void confirm()
  })
  const me = localStorage.getItem(LOCKED) === null ? remembered() : null
  if (me === null) return resume()
  session.me = me
  session.known = true
  await confirm()
}

/** Asks the server who we are; out of reach, what is remembered holds. */
export async function confirm(): Promise<void> {
  try {
    const me = await ask(readSession())
    field.mustSignIn = false
    session.me = me
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
  }
}

function askToSignIn(): void {
  if (session.me === null) expire()
  else field.mustSignIn = true
}

function keep(me: Me | null): void {
  if (me === null) return
  localStorage.setItem(REMEMBERED, JSON.stringify(me))
  field.mustSignIn = false
  field.signingIn = false
  // What waited for a sign-in goes now.
  wake()
}

/**
 * Signs out. Without a network the phone is locked at once, and the session ended as soon as
 * the server can be reached. What was not sent stays only where `keepUnsent` says so.
 */
export async function leave(keepUnsent: boolean): Promise<void> {
  const account = session.me?.account.id
  stopDraining()
  try {
    await ask(endSession({ headers: FROM_HERE }))
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    if (error.status !== 401) await lock()
  }
  localStorage.removeItem(REMEMBERED)
  window.location.hash = ''
  Object.assign(field, { mustSignIn: false, signingIn: false })
  session.me = null
  session.expired = false
  // The pages go first: none of them is to read from a database that is closed.
  await nextTick()
  hideQueue()
  if (keepUnsent) await dropThumbs()
  closeCurrent()
  if (account !== undefined && !keepUnsent) await eraseAccount(account)
}
