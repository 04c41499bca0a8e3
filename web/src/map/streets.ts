/** Binds the layer of streets to the map: what is on screen is asked for when the map rests. */
import { watch } from 'vue'
import { ask } from '@/api/ask'
import { ApiProblem } from '@/api/problem'
import { streetsOnMap } from '@/client'
import { may } from '@/state/session'
import { streetNotes } from '@/state/shared'
import { shows, view } from '@/state/url'
import type { L } from './leaflet'
import { StreetLayer } from './StreetLayer'

/** Farther out a street is a pixel, and a town has tens of thousands. */
export const STREETS_FROM_ZOOM = 15
const REST_MS = 250

export function bindStreets(map: L.Map): (() => void)[] {
  const layer = new StreetLayer(map)
  let controller = new AbortController()
  let timer = 0

  async function draw(): Promise<void> {
    controller.abort()
    controller = new AbortController()
    const { signal } = controller
    const wanted = shows('streets') && may('coverage:read') && map.getZoom() >= STREETS_FROM_ZOOM
    if (!wanted) {
      layer.clear()
      return
    }
    const bounds = map.getBounds().pad(0.1)
    try {
      const answer = await ask(streetsOnMap({ query: { bbox: bounds.toBBoxString() }, signal }))
      if (signal.aborted) return
      layer.show(answer.streets, Date.now())
      streetNotes.capped = answer.capped
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof ApiProblem)) throw error
      streetNotes.problem = error
    }
  }
  function soon(): void {
    window.clearTimeout(timer)
    streetNotes.problem = null
    timer = window.setTimeout(() => void draw(), REST_MS)
  }
  map.on('moveend', soon)
  const stop = watch([() => view.layers, () => view.day, () => streetNotes.version], soon, {
    immediate: true,
  })
  return [
    stop,
    () => {
      window.clearTimeout(timer)
      controller.abort()
      map.off('moveend', soon)
    },
  ]
}
