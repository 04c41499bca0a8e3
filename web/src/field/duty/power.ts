/** The screen kept on by choice, and the battery watched where the browser tells of it. */
import { reactive } from 'vue'

interface Battery extends EventTarget {
  level: number
  charging: boolean
}
type WithBattery = Navigator & { getBattery?: () => Promise<Battery> }

/** Not every browser tells how much is left. */
export const batteryKnown = 'getBattery' in navigator

/** From here down what is left of the battery is for calling somebody. */
export const LEAST_LEVEL = 0.2

export const screen = reactive({ on: false, supported: 'wakeLock' in navigator })
let wanted = false
let held: WakeLockSentinel | null = null

async function hold(): Promise<void> {
  if (!wanted || document.visibilityState !== 'visible' || !screen.supported) return
  try {
    held = await navigator.wakeLock.request('screen')
    screen.on = true
    held.addEventListener('release', () => {
      screen.on = false
    })
  } catch (error) {
    // Refused in a saving mode: the phone decides, the page says that it is off.
    if (!(error instanceof DOMException)) throw error
    screen.on = false
  }
}
document.addEventListener('visibilitychange', () => void hold())

export async function keepScreenOn(on: boolean): Promise<void> {
  wanted = on
  if (on) await hold()
  else await held?.release()
}

/** Calls back once when the battery is low and not charged; the returned function ends that. */
export function watchBattery(low: () => void): () => void {
  let ended = false
  const read = (navigator as WithBattery).getBattery
  if (read === undefined) return () => undefined
  void read.call(navigator).then((battery) => {
    const look = () => {
      if (ended || battery.charging || battery.level > LEAST_LEVEL) return
      ended = true
      low()
    }
    for (const what of ['levelchange', 'chargingchange']) battery.addEventListener(what, look)
    look()
  })
  return () => {
    ended = true
  }
}
