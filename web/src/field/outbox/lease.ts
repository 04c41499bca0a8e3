/** Only one tab sends at a time. */

const LEASE_MS = 20_000
const RENEW_MS = 5_000

/** Runs `work` unless another tab of this browser is at it; says whether it ran. */
export async function alone(name: string, work: () => Promise<void>): Promise<boolean> {
  if (navigator.locks === undefined) return byLease(name, work)
  return navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock === null) return false
    await work()
    return true
  })
}

/**
 * For browsers without Web Locks: a note of who is at it and until when. Two tabs may in rare
 * cases both be; the server then answers one of them "already".
 */
async function byLease(name: string, work: () => Promise<void>): Promise<boolean> {
  const mine = crypto.getRandomValues(new Uint32Array(2)).join('-')
  const held = localStorage.getItem(name)
  if (held !== null && Number(held.split(' ')[1]) > Date.now()) return false
  const hold = () => localStorage.setItem(name, `${mine} ${Date.now() + LEASE_MS}`)
  hold()
  const renewing = setInterval(hold, RENEW_MS)
  try {
    await work()
  } finally {
    clearInterval(renewing)
    localStorage.removeItem(name)
  }
  return true
}
