/**
 * Edits on their way to the server, one after the other.
 *
 * An edit that was lost on the way (no network, server away) waits and is sent again under the
 * same operation id, across reloads of the page too. An edit that came late (another planner
 * changed a grid meanwhile) stops the line until the planner has chosen.
 */
import { reactive } from 'vue'
import { ApiProblem } from '@/api/problem'
import { uuid7 } from '@/lib/uuid7'

export interface Order<E> {
  operationId: string
  what: E
  /** What was sent, fixed at the first attempt: the same again must be the same. */
  body: unknown
}

export interface Outlet<E, A> {
  /** The body for an edit, made when its turn comes. */
  body: (what: E) => unknown
  post: (what: E, body: unknown, operationId: string) => Promise<A>
  done: (answer: A, what: E) => void
  /** A refusal: the edit is given up, its reason shown. */
  refused: (problem: ApiProblem, what: E) => void
  /** It came late; the line stands until `again` or `drop`. */
  late: (problem: ApiProblem, what: E) => void
}

export interface Line<E> {
  state: 'idle' | 'sending' | 'waiting' | 'late'
  /** Why the first in line waits, or how it came late. */
  problem: ApiProblem | null
  orders: Order<E>[]
}

export const MOVED_ON = 'draft-moved-on'
const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 30_000

export function openLine<E, A>(key: string, outlet: Outlet<E, A>) {
  const line = reactive({
    state: 'idle',
    problem: null,
    orders: kept<E>(key),
  }) as Line<E>
  let timer: ReturnType<typeof setTimeout> | undefined
  let waitMs = FIRST_WAIT_MS
  let closed = false

  function keep(): void {
    if (line.orders.length === 0) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, JSON.stringify(line.orders))
  }

  function leave(): void {
    line.orders.shift()
    line.problem = null
    waitMs = FIRST_WAIT_MS
    keep()
  }

  function waitAndRetry(problem: ApiProblem): void {
    line.state = 'waiting'
    line.problem = problem
    timer = setTimeout(() => void run(), waitMs)
    waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)
  }

  async function attempt(order: Order<E>): Promise<boolean> {
    try {
      const answer = await outlet.post(order.what, order.body, order.operationId)
      if (closed) return false
      leave()
      outlet.done(answer, order.what)
      return true
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      if (closed || error.status === 401) return false
      if (error.code === MOVED_ON) {
        line.state = 'late'
        line.problem = error
        outlet.late(error, order.what)
        return false
      }
      if (error.retryable) {
        waitAndRetry(error)
        return false
      }
      leave()
      outlet.refused(error, order.what)
      return true
    }
  }

  /** Sends what is in line until it is empty or something stops it. */
  async function run(): Promise<void> {
    clearTimeout(timer)
    if (line.state === 'sending' || line.state === 'late') return
    while (line.orders.length > 0) {
      const order = line.orders[0] as Order<E>
      line.state = 'sending'
      order.body ??= outlet.body(order.what)
      keep()
      if (!(await attempt(order))) return
    }
    line.state = 'idle'
  }

  const onOnline = () => void run()
  window.addEventListener('online', onOnline)

  return {
    line,
    run,
    send(what: E): void {
      line.orders.push({ operationId: uuid7(), what, body: null } as Order<E>)
      keep()
      void run()
    },
    /** After coming late: the same edit once more on what is there now. */
    again(): void {
      const order = line.orders[0]
      if (line.state !== 'late' || order === undefined) return
      order.operationId = uuid7()
      order.body = null
      line.state = 'idle'
      line.problem = null
      void run()
    },
    /** Gives up the first in line. */
    drop(): void {
      clearTimeout(timer)
      if (line.state === 'sending') return
      line.state = 'idle'
      leave()
      void run()
    },
    close(): void {
      closed = true
      clearTimeout(timer)
      window.removeEventListener('online', onOnline)
    },
  }
}

/** Orders that an earlier page left behind, or none when they make no sense. */
function kept<E>(key: string): Order<E>[] {
  const text = sessionStorage.getItem(key)
  if (text === null) return []
  const orders: unknown = JSON.parse(text)
  return Array.isArray(orders) ? (orders as Order<E>[]) : []
}
