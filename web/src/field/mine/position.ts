/** Where the phone is, for as long as a page on show wants to know. */
import { onBeforeUnmount, onMounted, reactive, readonly } from 'vue'

export interface Here {
  lon: number
  lat: number
  accuracyM: number
  /** Milliseconds, by the phone's clock. */
  at: number
}

export type Trouble = 'denied' | 'unavailable' | 'unsupported'

const state = reactive({
  here: null as Here | null,
  trouble: null as Trouble | null,
  /** Nobody has allowed it yet, and what is on show works without: it waits for a tap. */
  offered: false,
})
export const position = readonly(state)
let wanted = 0
let watch: number | null = null
/** What is older than this is not where the phone is now. */
const STALE_MS = 60_000
const listeners = new Set<(here: Here) => void>()

/** Called with every fix, as long as somebody watches. */
export function onFix(listener: (here: Here) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function startWatching(): void {
  wanted += 1
  if (wanted > 1) return
  if (state.here !== null && Date.now() - state.here.at > STALE_MS) state.here = null
  if (!('geolocation' in navigator)) {
    state.trouble = 'unsupported'
    return
  }
  watch = navigator.geolocation.watchPosition(took, failed, {
    enableHighAccuracy: true,
    maximumAge: 2_000,
    timeout: 30_000,
  })
}

export function stopWatching(): void {
  wanted = Math.max(0, wanted - 1)
  if (wanted > 0 || watch === null) return
  navigator.geolocation.clearWatch(watch)
  watch = null
}

function took({ coords, timestamp }: GeolocationPosition): void {
  const here = {
    lon: coords.longitude,
    lat: coords.latitude,
    accuracyM: Math.round(coords.accuracy),
    at: timestamp,
  }
  state.here = here
  state.trouble = null
  for (const listener of listeners) listener(here)
}

function failed({ code, PERMISSION_DENIED }: GeolocationPositionError): void {
  state.trouble = code === PERMISSION_DENIED ? 'denied' : 'unavailable'
}

/** Watches while a component is on show: it cannot do without. */
export function usePosition(): typeof position {
  onMounted(startWatching)
  onBeforeUnmount(stopWatching)
  return position
}

async function isAllowed(): Promise<boolean> {
  if (state.here !== null || wanted > 0) return true
  // An older browser does not tell: the tap asks.
  if (navigator.permissions === undefined) return false
  return (await navigator.permissions.query({ name: 'geolocation' })).state === 'granted'
}

/** Watches while a component is on show where that was allowed before, otherwise once asked to. */
export function usePositionOnTap(): { position: typeof position; locate: () => void } {
  let [gone, watching] = [false, false]
  function locate(): void {
    state.offered = false
    if (gone || watching) return
    watching = true
    startWatching()
  }
  onMounted(async () => {
    if (await isAllowed()) locate()
    else if (!gone) state.offered = true
  })
  onBeforeUnmount(() => {
    gone = true
    if (watching) stopWatching()
  })
  return { position, locate }
}
