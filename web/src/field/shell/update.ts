/** The service worker: it lets the app open with no network, and brings new versions. */
import { reactive } from 'vue'

const WORKER = '/field/sw.js'
/** A phone that stays open for days still looks for a new version. */
const LOOK_EVERY_MS = 6 * 3_600_000

/** A new version waits until somebody takes it, or until the app is opened the next time. */
export const update = reactive({
  ready: false,
  /** False where there can be no service worker: the page did not come over TLS. */
  installable: 'serviceWorker' in navigator,
})

let registration: ServiceWorkerRegistration | null = null
let asked = false

export async function startWorker(): Promise<void> {
  if (!update.installable || !import.meta.env.PROD) return
  // Somebody else's tab took the new version: this one goes on, and is told.
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (asked) window.location.reload()
  })
  // Pieces that are loaded when they are wanted are gone with the old version.
  window.addEventListener('vite:preloadError', () => {
    update.ready = true
  })
  registration = await navigator.serviceWorker.register(WORKER, {
    scope: '/field/',
    updateViaCache: 'none',
  })
  watchFor(registration)
  setInterval(() => void look(), LOOK_EVERY_MS)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void look()
  })
}

async function look(): Promise<void> {
  try {
    await registration?.update()
  } catch (error) {
    // No network, or the server is away: the next look finds it.
    if (!(error instanceof TypeError)) throw error
  }
}

function watchFor(found: ServiceWorkerRegistration): void {
  const seen = () => {
    // The very first one takes over at once; a later one waits.
    if (found.waiting !== null && navigator.serviceWorker.controller !== null) update.ready = true
  }
  seen()
  found.addEventListener('updatefound', () => {
    found.installing?.addEventListener('statechange', seen)
  })
}

/** Takes the new version: the page is loaded anew, and all that was typed is kept. */
export function applyUpdate(): void {
  asked = true
  if (registration?.waiting) registration.waiting.postMessage('take-over')
  else window.location.reload()
}
