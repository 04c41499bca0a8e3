/** Binds what is drawn on the map to the outline that panels share. */
import { watch } from 'vue'
import { i18n } from '@/i18n'
import { distance, nearestOn } from '@/planner/geometry'
import { outline } from '@/state/shared'
import { type LonLat, toLatLng } from './leaflet'
import { OutlineLayer } from './OutlineLayer'
import type { TownMap } from './TownMap'

const SNAP_PX = 12
const ON_SIDE_PX = 6

type Px = readonly [number, number]

/** Adds a corner to the outline, on a line that is near when that is wanted. */
export async function addCorner(town: TownMap, position: LonLat, free: boolean): Promise<void> {
  const at = outline.snap && !free ? await town.snapped(position, SNAP_PX) : position
  const last = outline.corners.at(-1)
  // A double click is one corner.
  if (last?.[0] === at[0] && last[1] === at[1]) return
  const toPx = (corner: LonLat) => {
    const { x, y } = town.map.latLngToContainerPoint(toLatLng(corner))
    return [x, y] as const
  }
  const side = outline.open ? null : sideAt(outline.corners.map(toPx), toPx(position))
  outline.corners = outline.corners.toSpliced(side ?? outline.corners.length, 0, at)
}

/** Where a corner goes that is put on a side of a closed outline, in pixels; null: on none. */
export function sideAt(corners: readonly Px[], position: Px): number | null {
  if (corners.length < 3) return null
  let best: { at: number; px: number } | null = null
  for (const [i, corner] of corners.entries()) {
    const next = corners[(i + 1) % corners.length] ?? corner
    const px = distance(nearestOn(position, corner, next), position)
    if (px <= ON_SIDE_PX && (best === null || px < best.px)) best = { at: i + 1, px }
  }
  return best?.at ?? null
}

/** Draws the outline as it is, and takes corners that are dragged or pressed. */
export function bindOutline(town: TownMap): () => void {
  const layer = new OutlineLayer(town.map, {
    cornerName: (index) => i18n.global.t('temporary.corner', { n: index + 1 }),
    moved: async (index, position) => {
      const at = outline.snap ? await town.snapped(position, SNAP_PX) : position
      outline.corners = outline.corners.map((corner, i) => (i === index ? at : corner))
    },
    removed: (index) => {
      outline.corners = outline.corners.filter((_, i) => i !== index)
    },
  })
  return watch(
    () => [outline.wanted, outline.corners, outline.open] as const,
    ([wanted, corners, open]) => {
      layer.set(wanted ? corners : [], open)
      town.map.getContainer().classList.toggle('is-drawing', wanted)
      if (wanted) town.map.doubleClickZoom.disable()
      else town.map.doubleClickZoom.enable()
    },
    { immediate: true },
  )
}
