/** Binds what is drawn on the map to the outline that panels share. */
import { watch } from 'vue'
import { i18n } from '@/i18n'
import { outline } from '@/state/shared'
import type { LonLat } from './leaflet'
import { OutlineLayer } from './OutlineLayer'
import type { TownMap } from './TownMap'

const SNAP_PX = 12

/** Adds a corner to the outline, on a line that is near when that is wanted. */
export async function addCorner(town: TownMap, position: LonLat, free: boolean): Promise<void> {
  const at = outline.snap && !free ? await town.snapped(position, SNAP_PX) : position
  const last = outline.corners.at(-1)
  // A double click is one corner.
  if (last?.[0] === at[0] && last[1] === at[1]) return
  outline.corners = [...outline.corners, at]
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
