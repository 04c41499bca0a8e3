/** Orders of the table of grids. */
import type { DraftGrid } from './contract'

export const COLUMNS = ['name', 'households', 'off', 'buildings'] as const
export type Column = (typeof COLUMNS)[number]

/** By code, which follows the reading order, by a number, or by how far off the target. */
export function sorted(
  grids: readonly DraftGrid[],
  { column, falling }: { column: Column; falling: boolean },
): DraftGrid[] {
  const weigh = {
    name: () => 0,
    households: (grid: DraftGrid) => grid.households,
    off: (grid: DraftGrid) => Math.abs(grid.off_pct ?? 0),
    buildings: (grid: DraftGrid) => grid.buildings,
  }[column]
  const sign = falling ? -1 : 1
  return [...grids].sort((one, other) => {
    const by = column === 'name' ? one.code.localeCompare(other.code) : weigh(one) - weigh(other)
    return by === 0 ? one.code.localeCompare(other.code) : sign * by
  })
}
