/** Streets by their last visit: colour, width and dash say the same thing. */
import type { StreetOnMap } from '@/client'
import { L, toLatLng } from './leaflet'

export type StreetClass = 'week' | 'month' | 'older' | 'never'
export const STREET_CLASSES: StreetClass[] = ['week', 'month', 'older', 'never']
/** Blue to orange keeps apart for every eye; what waits longest is broken as well. */
export const STREET_STYLE: Record<StreetClass, { colour: string; width: number; dash?: string }> = {
  week: { colour: '#0b4f8a', width: 4 },
  month: { colour: '#4aa3df', width: 4 },
  older: { colour: '#d97706', width: 4, dash: '12 5' },
  never: { colour: '#9a2617', width: 4, dash: '3 6' },
}
const DAY_MS = 86_400_000

export function streetClass(walkedAt: string | null, nowMs: number): StreetClass {
  if (walkedAt === null) return 'never'
  const days = (nowMs - Date.parse(walkedAt)) / DAY_MS
  if (days <= 7) return 'week'
  return days <= 30 ? 'month' : 'older'
}

export class StreetLayer {
  private readonly group: L.LayerGroup
  private readonly renderer: L.Renderer

  constructor(map: L.Map) {
    this.renderer = L.canvas({ pane: 'streets', padding: 0.3 })
    this.group = L.layerGroup().addTo(map)
  }

  clear(): void {
    this.group.clearLayers()
  }

  show(streets: StreetOnMap[], nowMs: number): void {
    this.clear()
    for (const street of streets) {
      const style = STREET_STYLE[streetClass(street.walked_at, nowMs)]
      const line = street.line.map(toLatLng)
      const shared = { renderer: this.renderer, pane: 'streets', interactive: false }
      L.polyline(line, { ...shared, color: '#ffffff', weight: style.width + 2.5 }).addTo(this.group)
      L.polyline(line, {
        ...shared,
        color: style.colour,
        weight: style.width,
        ...(style.dash === undefined ? {} : { dashArray: style.dash, lineCap: 'butt' as const }),
      }).addTo(this.group)
    }
  }
}
