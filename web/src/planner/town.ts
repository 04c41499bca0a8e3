/** What stands in the area of a plan, read once for an open editor. */
import { ask } from '@/api/ask'
import {
  type AreasData,
  draftBuildings,
  draftRoads,
  type PageArea,
  areas as readAreas,
} from '@/client'
import { nameIn } from '@/i18n'
import { Census } from './counting'
import type { Coverage } from './coverage'
import { RoadIndex } from './roads'

type AreaQuery = NonNullable<AreasData['query']>

export interface TownOfPlan {
  census: Census
  roads: RoadIndex
  /** Names of the communities by id: grids of several bear the same names. */
  areaNames: Map<number, string>
}

export async function loadTown(planId: number, coverage: Coverage): Promise<TownOfPlan> {
  const path = { plan_id: planId }
  const [columns, lines, areaNames] = await Promise.all([
    ask(draftBuildings({ path })),
    ask(draftRoads({ path })),
    loadAreaNames(),
  ])
  return {
    census: new Census(columns, coverage),
    roads: new RoadIndex(lines.features.map(({ geometry }) => geometry.coordinates)),
    areaNames,
  }
}

async function loadAreaNames(): Promise<Map<number, string>> {
  const names = new Map<number, string>()
  let cursor: string | null = null
  do {
    const query: AreaQuery = { level: 'community', limit: 200, ...(cursor ? { cursor } : {}) }
    const page: PageArea = await ask(readAreas({ query }))
    for (const area of page.items) names.set(area.id, nameIn(area))
    cursor = page.next ?? null
  } while (cursor !== null)
  return names
}
