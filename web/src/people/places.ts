/** Where somebody administers accounts: the areas and grids that he may name in roles. */
import { ask } from '@/api/ask'
import { type Area, areas, type Grid, grids, type RoleIn, type Unit, units } from '@/client'
import { session } from '@/state/session'

export interface Choices {
  areas: Area[]
  units: Unit[]
}

async function allPages<T>(
  page: (cursor: string | null) => Promise<{ items: T[]; next?: string | null }>,
): Promise<T[]> {
  const found: T[] = []
  let cursor: string | null = null
  do {
    const told: { items: T[]; next?: string | null } = await page(cursor)
    found.push(...told.items)
    cursor = told.next ?? null
  } while (cursor !== null)
  return found
}

/** Areas at or below one of some paths, as they lie below each other. */
export function below<A extends { path: string }>(all: A[], roots: string[]): A[] {
  return all
    .filter(({ path }) => roots.some((root) => path === root || path.startsWith(`${root}.`)))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** How deep an area lies below the highest of those shown. */
export function depthOf(area: { path: string }, shown: { path: string }[]): number {
  const depth = (path: string) => path.split('.').length
  return depth(area.path) - Math.min(...shown.map(({ path }) => depth(path)))
}

export async function loadChoices(signal: AbortSignal): Promise<Choices> {
  const [allAreas, allUnits] = await Promise.all([
    allPages((cursor) => ask(areas({ query: { limit: 200, cursor }, signal }))),
    allPages((cursor) => ask(units({ query: { limit: 200, cursor }, signal }))),
  ])
  const mine = new Set(
    session.me?.roles.filter(({ role }) => role === 'administrator').map(({ area }) => area?.id),
  )
  const roots = allAreas.filter(({ id }) => mine.has(id)).map(({ path }) => path)
  return { areas: below(allAreas, roots), units: allUnits }
}

/** The grids in force in an area, by code. */
export function gridsOf(areaId: number, signal: AbortSignal): Promise<Grid[]> {
  return allPages((cursor) =>
    ask(grids({ query: { area_id: areaId, limit: 1000, cursor }, signal })),
  )
}

export type RoleName = RoleIn['role']
export const ROLES: RoleName[] = [
  'officer',
  'planner',
  'commander',
  'handler',
  'administrator',
  'auditor',
]

/** The roles that a choice stands for: one on each grid, or one within the area. */
export function rolesOf(role: RoleName, areaId: number | null, gridIds: number[]): RoleIn[] {
  if (role === 'officer' && gridIds.length > 0) {
    return gridIds.map((grid_id) => ({ role, grid_id }))
  }
  return areaId === null ? [] : [{ role, area_id: areaId }]
}
