/** What a planner asks for when grids are drawn, as the form holds it: nothing left unsaid. */

import type { AreaWish, Plan, PlanLayer, PlanWishes } from '@/client'
import type { LonLat } from '@/map/leaflet'

export type LayerRole = PlanLayer['role']
export type TownLine = 'motorway' | 'railway' | 'main-road' | 'water'
export type AreaKind = NonNullable<AreaWish['kind']>
export type Way = NonNullable<PlanWishes['way']>
export const TOWN_LINES: readonly TownLine[] = ['motorway', 'railway', 'main-road', 'water']
export const AREA_KINDS: readonly AreaKind[] = ['general', 'micro', 'site']

export const LEAST_HOUSEHOLDS = 10
export const MOST_HOUSEHOLDS = 100_000
const MOST_MICRO = 10_000
const MOST_TOLERANCE_PCT = 50
const MOST_SEED = 2 ** 31 - 1

export interface LinesAsked {
  town: TownLine[]
  layers: number[]
}

export interface Wishes {
  way: Way
  tolerance_pct: number
  micro: { least: number; most: number }
  seed: number
  areas: Required<AreaWish>[]
  only: number[] | null
  locked_of: 'in-force' | number | null
  barriers: LinesAsked
  preferred: LinesAsked
  compounds: { town: boolean; layers: number[] }
}

/** Wishes with everything that was left unsaid said. */
export function wholeWishes(asked: PlanWishes = {}): Wishes {
  const { barriers, preferred, compounds, micro } = asked
  return {
    way: asked.way ?? 'anew',
    tolerance_pct: asked.tolerance_pct ?? 5,
    micro: { least: micro?.least ?? 50, most: micro?.most ?? 80 },
    seed: asked.seed ?? 0,
    areas: (asked.areas ?? []).map((wish) => ({
      area_id: wish.area_id,
      kind: wish.kind ?? 'general',
      households: wish.households ?? null,
    })),
    only: asked.only ? [...asked.only] : null,
    locked_of: asked.locked_of ?? null,
    barriers: { town: [...(barriers?.town ?? [])], layers: [...(barriers?.layers ?? [])] },
    preferred: { town: [...(preferred?.town ?? [])], layers: [...(preferred?.layers ?? [])] },
    compounds: { town: compounds?.town ?? false, layers: [...(compounds?.layers ?? [])] },
  }
}

/** What a plan was asked for last, whether or not its grids came of it. */
export function lastAsked(plan: Plan): { households: number; wishes: Wishes } {
  const asked = plan.generation?.asked
  return asked
    ? { households: asked.households, wishes: wholeWishes(asked.wishes) }
    : { households: plan.target_households, wishes: wholeWishes(plan.wishes) }
}

/** Wishes about places mean nothing in another area. */
export function elsewhere(wishes: Wishes): Wishes {
  const usual = wholeWishes()
  const { way, tolerance_pct, micro, seed } = wishes
  return { ...usual, way, tolerance_pct, micro, seed }
}

export type WishFault = 'tolerance' | 'micro' | 'seed' | 'only' | 'areas'

/** What must be mended before wishes are sent. */
export function faultsOf(wishes: Wishes): Set<WishFault> {
  const { tolerance_pct, micro, seed, only, areas } = wishes
  const faults = new Set<WishFault>()
  if (!(tolerance_pct >= 1 && tolerance_pct <= MOST_TOLERANCE_PCT)) faults.add('tolerance')
  const { least, most } = micro
  const fits = least >= 1 && least <= most && most <= MOST_MICRO
  const small = least + most < 2 * LEAST_HOUSEHOLDS
  if (!(isWhole(least) && isWhole(most) && fits) || small) faults.add('micro')
  if (!(isWhole(seed) && seed >= 0 && seed <= MOST_SEED)) faults.add('seed')
  if (only !== null && only.length === 0) faults.add('only')
  if (areas.some(({ households }) => households !== null && !isTarget(households)))
    faults.add('areas')
  return faults
}

export function isTarget(households: number): boolean {
  return isWhole(households) && households >= LEAST_HOUSEHOLDS && households <= MOST_HOUSEHOLDS
}

/** One community's wish put among the others; one that asks for nothing special is left out. */
export function withArea(areas: Wishes['areas'], wish: Required<AreaWish>): Wishes['areas'] {
  const others = areas.filter(({ area_id }) => area_id !== wish.area_id)
  const usual = wish.kind === 'general' && wish.households === null
  return usual ? others : [...others, wish]
}

/** How many kinds of wishes differ from the usual: shown on the closed fold. */
export function countOf(wishes: Wishes): number {
  const usual = wholeWishes()
  return (Object.keys(usual) as (keyof Wishes)[]).filter(
    (key) => key !== 'way' && JSON.stringify(wishes[key]) !== JSON.stringify(usual[key]),
  ).length
}

export function leastCorners(role: LayerRole): number {
  return role === 'compounds' ? 3 : 2
}

/** What was drawn on the map, as the file that it would be. */
export function drawnFile(role: LayerRole, name: string, corners: readonly LonLat[]): File {
  const line = corners.map(([lon, lat]) => [lon, lat])
  const geometry =
    role === 'compounds'
      ? { type: 'Polygon', coordinates: [[...line, line[0]]] }
      : { type: 'LineString', coordinates: line }
  const feature = { type: 'Feature', properties: {}, geometry }
  const text = JSON.stringify({ type: 'FeatureCollection', features: [feature] })
  return new File([text], `${name}.geojson`, { type: 'application/geo+json' })
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value)
}
