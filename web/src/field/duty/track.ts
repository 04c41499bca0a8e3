/** What a stretch of duty came to so far, worked out on the phone; the server measures it again. */
import { metresBetween, metresToStretch, type Spot, spot } from '../mine/distance'

/** One position that is kept; `seq` is the phone's own count of it. */
export interface Fix extends Spot {
  seq: number
  /** Milliseconds. */
  at: number
  accuracyM: number
}

export interface Gap {
  fromMs: number
  toMs: number
}

export interface Walk {
  metres: number
  gaps: Gap[]
  /** One for each stretch without a gap, longitude first. */
  lines: [number, number][][]
}

/** As the server has it: a longer silence is a gap, a faster move a jump of the receiver. */
export const GAP_MS = 120_000
const FASTEST_M_S = 15
const WORST_M = 100
/** Standing still a receiver wanders so far. */
const WANDER_M = 8

export function walkOf(fixes: readonly Fix[], startedMs?: number, endedMs?: number): Walk {
  const walk: Walk = { metres: 0, gaps: [], lines: [] }
  const good = fixes.filter(({ accuracyM }) => accuracyM <= WORST_M)
  let last: Fix | null = null
  let counted: Fix | null = null
  const gap = (fromMs: number, toMs: number) => {
    if (toMs - fromMs > GAP_MS) walk.gaps.push({ fromMs, toMs })
  }
  for (const fix of good) {
    const apart = last === null || fix.at - last.at > GAP_MS
    if (last === null) gap(startedMs ?? fix.at, fix.at)
    else if (apart) gap(last.at, fix.at)
    const way = apart || counted === null ? 0 : metresBetween(counted, fix)
    const jump = !apart && last !== null && metresBetween(last, fix) > leap(last, fix)
    if (jump) continue
    if (apart) walk.lines.push([])
    walk.lines.at(-1)?.push([fix.lon, fix.lat])
    if (apart || way >= WANDER_M) {
      walk.metres += way
      counted = fix
    }
    last = fix
  }
  gap(last?.at ?? startedMs ?? 0, endedMs ?? last?.at ?? startedMs ?? 0)
  return walk
}

function leap(from: Fix, to: Fix): number {
  return Math.max(30, (FASTEST_M_S * (to.at - from.at)) / 1000)
}

/** A part of a street as the phone knows it. */
export interface Part {
  id: number
  length_m: number
  geometry: { coordinates: readonly (readonly number[])[] }
}

const STEP_M = 15
const NEAR_M = 20
/** So much of a part has to lie by the track; the server asks for half by a better match. */
const SHARE = 0.6

/** Places along a part, some metres apart. */
function samples({ geometry }: Part): Spot[] {
  const corners = geometry.coordinates.map(spot)
  const found: Spot[] = []
  for (let i = 1; i < corners.length; i++) {
    const [from, to] = [corners[i - 1] as Spot, corners[i] as Spot]
    const steps = Math.max(1, Math.ceil(metresBetween(from, to) / STEP_M))
    for (let step = i === 1 ? 0 : 1; step <= steps; step++) {
      const share = step / steps
      found.push({
        lon: from.lon + share * (to.lon - from.lon),
        lat: from.lat + share * (to.lat - from.lat),
      })
    }
  }
  return found
}

/**
 * Which parts of streets a track has passed along, roughly: by nearness, a crossing street is not
 * one. Each stretch of the track is looked at once, as it comes.
 */
export class Passed {
  private readonly open: { part: Part; left: Spot[]; of: number }[]
  private readonly last: (readonly number[] | null)[] = []
  readonly ids = new Set<number>()

  constructor(parts: readonly Part[]) {
    this.open = parts.map((part) => {
      const left = samples(part)
      return { part, left, of: left.length }
    })
  }

  /** Takes what is new in the lines of a walk. */
  take(lines: Walk['lines']): void {
    lines.forEach((line, index) => {
      const before = this.last[index] ?? null
      const begin = before === null ? 0 : line.lastIndexOf(before as [number, number])
      for (let i = Math.max(1, begin + 1); i < line.length; i++)
        this.stretch(spot(line[i - 1]), spot(line[i]))
      this.last[index] = line.at(-1) ?? null
    })
  }

  private stretch(from: Spot, to: Spot): void {
    const reach = metresBetween(from, to) + NEAR_M
    for (const one of this.open) {
      if (this.ids.has(one.part.id)) continue
      one.left = one.left.filter(
        (place) => metresBetween(place, from) > reach || metresToStretch(place, from, to) > NEAR_M,
      )
      if (one.left.length <= one.of * (1 - SHARE)) this.ids.add(one.part.id)
    }
  }
}
