/** The pin of an address that was looked for, with a ring as wide as it may be off. */
import { watch } from 'vue'
import { foundPlace } from '@/state/shared'
import { L, toLatLng } from './leaflet'

const RING_FROM_M = 20

/** Keeps the pin where the search box says; returns how to end that. */
export function bindFoundPlace(map: L.Map): (() => void)[] {
  const group = L.layerGroup().addTo(map)
  const stop = watch(
    () => foundPlace.place,
    (place) => {
      group.clearLayers()
      if (place === null) return
      const at = toLatLng(place.position)
      if (place.precisionM > RING_FROM_M)
        L.circle(at, {
          radius: place.precisionM,
          color: '#b3261e',
          weight: 1.5,
          dashArray: '5 5',
          fillOpacity: 0.06,
          interactive: false,
        }).addTo(group)
      L.circleMarker(at, {
        radius: 7,
        color: '#ffffff',
        weight: 2,
        fillColor: '#b3261e',
        fillOpacity: 1,
        interactive: false,
      })
        .bindTooltip(textNode(place.label), { permanent: true, direction: 'top', offset: [0, -8] })
        .addTo(group)
    },
    { immediate: true },
  )
  return [stop, () => group.remove()]
}

/** Labels come from files that people import: they are text, never markup. */
function textNode(text: string): HTMLElement {
  const span = document.createElement('span')
  span.textContent = text
  return span
}
