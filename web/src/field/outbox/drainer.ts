/** When to send: at the start, when the network or somebody comes back, by and by, by a button. */
import { reactive, readonly } from 'vue'
import { current, currentAccount, isOpen } from './current'
import { drainAll, type Outcome } from './drain'
import { alone } from './lease'
import { changed, onWork, queue } from './outbox'
import { overNetwork, type Transport } from './transport'

const FIRST_WAIT_MS = 5_000
const LONGEST_WAIT_MS = 300_000

const state = reactive({
  busy: false,
  /** When it was last tried, in milliseconds. */
  triedAt: null as number | null,
  outcome: null as Outcome | null,
  /** When it tries again by itself. */
  nextAt: null as number | null,
})
export const draining = readonly(state)

let transport: (account: string) => Transport = overNetwork
let timer: ReturnType<typeof setTimeout> | null = null
let waitMs = FIRST_WAIT_MS
let again = false
let stops: (() => void)[] = []

/** Sends what waits as soon as it can, until `stopDraining`. */
export function startDraining(by: typeof transport = overNetwork): void {
  stopDraining()
  transport = by
  const online = () => void drain()
  const visible = () => {
    if (document.visibilityState === 'visible') void drain()
  }
  window.addEventListener('online', online)
  window.addEventListener('pageshow', online)
  document.addEventListener('visibilitychange', visible)
  stops = [
    onWork(online),
    () => window.removeEventListener('online', online),
    () => window.removeEventListener('pageshow', online),
    () => document.removeEventListener('visibilitychange', visible),
  ]
  void drain()
}

export function stopDraining(): void {
  for (const stop of stops) stop()
  stops = []
  if (timer !== null) clearTimeout(timer)
  timer = null
  Object.assign(state, { outcome: null, nextAt: null })
}

/** Sends what waits now; while it is at it, once more afterwards. */
export async function drain(): Promise<void> {
  if (state.busy) {
    again = true
    return
  }
  state.busy = true
  try {
    do {
      again = false
      await once()
    } while (again)
  } finally {
    state.busy = false
    plan()
  }
}

async function once(): Promise<void> {
  const [store, account] = [current(), currentAccount()]
  await alone(`sanbai-drain-${account}`, async () => {
    state.triedAt = Date.now()
    try {
      state.outcome = await drainAll({
        store,
        account,
        transport: transport(account),
        now: Date.now,
        changed,
      })
    } catch (error) {
      // Signed out while it was under way: its database is closed, and goes on another time.
      if (isOpen(store)) throw error
    }
  })
}

/** The next time by itself: when something may be undone no longer, or after a growing while. */
function plan(): void {
  if (timer !== null) clearTimeout(timer)
  timer = null
  state.nextAt = null
  if (stops.length === 0) return
  const held = queue.value.filter((one) => one.state === 'waiting' && one.blockedBy === null)
  if (held.length === 0) {
    waitMs = FIRST_WAIT_MS
    return
  }
  const now = Date.now()
  const soonest = Math.min(...held.map(({ notBefore }) => notBefore)) - now
  let inMs = Math.min(soonest, LONGEST_WAIT_MS)
  if (soonest <= 0) {
    inMs = waitMs
    waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)
  }
  state.nextAt = now + inMs
  timer = setTimeout(() => void drain(), inMs)
}
