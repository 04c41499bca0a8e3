/** The paint of the grids for what the reader chose to see. */
import type { HotspotItem } from '@/api/types'
import type { View } from '@/state/url'
import { classifyAll, type GridStatus, judgement, themeOf, VERDICT_FILLS, VERDICTS } from './themes'
import type { GridPaint } from './worker/protocol'

const MISSING = '#c9cdcf'
/** Grids of another day: their state of today says nothing of them. */
const AS_OF_DAY: GridPaint = {
  classes: new Map(),
  fills: [],
  missing: '#dfe7c8',
  fillOpacity: 0.5,
}

export function gridPaint(
  view: View,
  statuses: ReadonlyMap<number, GridStatus>,
  items: readonly HotspotItem[],
): GridPaint {
  if (view.day !== null) return AS_OF_DAY
  const hot = view.layers.includes('hotspots')
  if (hot && view.hotspotUnit === 'grid') return verdictPaint(items)
  const theme = themeOf(view.theme)
  const { classes } = classifyAll(theme, statuses.values(), Date.now() / 1000)
  return {
    classes,
    fills: theme.classes.map(({ fill }) => fill),
    missing: MISSING,
    // Under hexagons or a density image the grids step back.
    fillOpacity: hot ? 0.16 : 0.5,
  }
}

/** Classes of the grids that have changed; null where the paint does not follow their state. */
export function changedClasses(
  view: View,
  statuses: ReadonlyMap<number, GridStatus>,
  gridIds: readonly number[],
): Map<number, number> | null {
  const hot = view.layers.includes('hotspots') && view.hotspotUnit === 'grid'
  if (view.day !== null || hot) return null
  const changed = gridIds.flatMap((id) => statuses.get(id) ?? [])
  return classifyAll(themeOf(view.theme), changed, Date.now() / 1000).classes
}

function verdictPaint(items: readonly HotspotItem[]): GridPaint {
  const classes = new Map<number, number>()
  for (const item of items) {
    const { grid_id: gridId } = item
    const index = VERDICTS.indexOf(judgement(item))
    if (gridId !== null && index >= 0) classes.set(gridId, index)
  }
  const fills = VERDICTS.map((verdict) => VERDICT_FILLS[verdict])
  return { classes, fills, missing: '', fillOpacity: 0.62 }
}
