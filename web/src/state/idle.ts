/** Locks the computer when nobody has touched it for a while, in all of its tabs together. */
import { here } from './here'

const ACTIVE = 'sanbai.active'
const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const
/** Being there is written down no more often than this. */
const NOTE_MS = 5_000
const LOOK_MS = 5_000

/** Whether it is time to lock: `activeMs` is when somebody was last seen, in any tab. */
export function isIdle(nowMs: number, activeMs: number, minutes: number): boolean {
  return minutes > 0 && nowMs - activeMs >= minutes * 60_000
}

/** Watches until the function it returns is called. `held` says what must not be locked. */
export function watchIdle(lock: () => void, held: () => boolean): () => void {
  let notedMs = 0
  const note = () => {
    if (Date.now() - notedMs < NOTE_MS) return
    notedMs = Date.now()
    localStorage.setItem(ACTIVE, String(notedMs))
  }
  const look = () => {
    if (held()) return note()
    if (isIdle(Date.now(), Number(localStorage.getItem(ACTIVE) ?? '0'), here.lockMinutes)) lock()
  }
  note()
  for (const sign of SIGNS) window.addEventListener(sign, note, { passive: true, capture: true })
  // A computer that slept is looked at before anybody can touch it.
  document.addEventListener('visibilitychange', look)
  const ticking = setInterval(look, LOOK_MS)
  return () => {
    clearInterval(ticking)
    document.removeEventListener('visibilitychange', look)
    for (const sign of SIGNS) window.removeEventListener(sign, note, { capture: true })
  }
}
