/// <reference lib="webworker" />
/**
 * The service worker of the field app: it lays down the app's own files, so that the app opens
 * with no network. Answers of the API are not its business: `known.ts` keeps those, for each
 * account apart. It relies on no Background Sync: the app sends when it is open.
 */
import {
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  precacheAndRoute,
} from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

declare const self: ServiceWorkerGlobalScope
/** Put in by the build: what the field app needs, and nothing of the desk's client. */
declare const FIELD_FILES: { url: string; revision: string | null }[]

precacheAndRoute(FIELD_FILES, { directoryIndex: 'index.html' })
cleanupOutdatedCaches()
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('/field/index.html'), { allowlist: [/^\/field\//] }),
)

// A page that was loaded before there was a worker gets it now; a later one waits to be taken.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
self.addEventListener('message', (event) => {
  if (event.data === 'take-over') void self.skipWaiting()
})
