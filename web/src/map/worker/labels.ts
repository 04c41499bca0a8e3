/** Collects what a tile could be labelled with; the map decides what fits. */
import { labelPoint, runAt } from './hit'
import type { PlacedTile } from './paint'
import type { LabelCandidate } from './protocol'
import { roadStyle } from './roadStyle'
import type { Feature } from './tiles'

const AREA_RANK: Record<string, number> = { district: 0, street: 1, zone: 2, community: 3 }
const AREA_ZOOMS: Record<string, [number, number]> = {
  district: [6, 11],
  street: [9, 14],
  zone: [11, 14],
  community: [12, 17],
}

function nameOf(feature: Feature, english: boolean): string {
  const { name, name_en: nameEn } = feature.properties
  if (english && typeof nameEn === 'string' && nameEn !== '') return nameEn
  return typeof name === 'string' ? name : ''
}

export function areaLabels(placed: PlacedTile, zoom: number, english: boolean): LabelCandidate[] {
  return placed.tile.features.flatMap((feature) => {
    const level = String(feature.properties.level ?? 'community')
    const [from, to] = AREA_ZOOMS[level] ?? [12, 17]
    if (zoom < from || zoom > to) return []
    return polygonLabel(placed, feature, 'area', AREA_RANK[level] ?? 3, english, 30)
  })
}

export function gridLabels(placed: PlacedTile, zoom: number, english: boolean): LabelCandidate[] {
  if (zoom < 15) return []
  return placed.tile.features.flatMap((feature) =>
    polygonLabel(placed, feature, 'grid', 6, english, 44),
  )
}

/** Heights at which a temporary grid may be named, the best first. */
const LABEL_SHARES = [0.5, 0.12, 0.88, 0.3, 0.7]

/** Name and end of each temporary grid; its end matters as much as its name. */
export function temporaryLabels(
  placed: PlacedTile,
  zoom: number,
  english: boolean,
): LabelCandidate[] {
  if (zoom < 13) return []
  return placed.tile.features.flatMap((feature) => {
    const until = untilText(String(feature.properties.ends ?? ''), english)
    const text = `${nameOf(feature, english)} ${until}`.trim()
    // Markers may lie anywhere on it: where the first place is taken another will do, and only
    // one is used, for names alike are kept apart.
    return LABEL_SHARES.flatMap((share, i): LabelCandidate[] => {
      const run = runAt(feature, share)
      if (run === null || feature.type !== 3) return []
      const xy = toPicture(placed, [run.x, run.y])
      const weight = run.width * placed.scale - i
      return [{ kind: 'temporary', text, rank: -1, xy, id: null, weight }]
    })
  })
}

/** The end as on a label: its last day, and the hour where it is over before midnight. */
export function untilText(ends: string, english: boolean): string {
  const [day, hour] = ends.split('T')
  if (day === undefined || hour === undefined) return ''
  const midnight = hour === '00:00'
  // At midnight it is the day before that is its last.
  const last = new Date(`${day}T00:00:00Z`)
  if (midnight) last.setUTCDate(last.getUTCDate() - 1)
  const date = new Intl.DateTimeFormat(english ? 'en-GB' : 'zh-CN', {
    timeZone: 'UTC',
    month: english ? 'short' : 'numeric',
    day: 'numeric',
  }).format(last)
  return `${english ? 'to' : '至'} ${date}${midnight ? '' : ` ${hour}`}`
}

export function buildingLabels(
  placed: PlacedTile,
  zoom: number,
  english: boolean,
): LabelCandidate[] {
  if (zoom < 17) return []
  return placed.tile.features.flatMap((feature) =>
    polygonLabel(placed, feature, 'building', 9, english, 18),
  )
}

export function waterLabels(placed: PlacedTile, zoom: number, english: boolean): LabelCandidate[] {
  if (zoom < 12) return []
  return placed.tile.features.flatMap((feature) =>
    feature.type === 3 ? polygonLabel(placed, feature, 'water', 5, english, 40) : [],
  )
}

function polygonLabel(
  placed: PlacedTile,
  feature: Feature,
  kind: LabelCandidate['kind'],
  rank: number,
  english: boolean,
  minWidthPx: number,
): LabelCandidate[] {
  const text = nameOf(feature, english)
  if (text === '' || feature.type !== 3) return []
  const point = labelPoint(feature)
  if (point === null || point.width * placed.scale < minWidthPx) return []
  const [west, north, east, south] = feature.box
  return [
    {
      kind,
      text,
      rank,
      xy: toPicture(placed, [point.x, point.y]),
      id: feature.id,
      weight: (east - west) * (south - north) * placed.scale ** 2,
    },
  ]
}

const PLACE_MINZOOM: Record<string, number> = {
  city: 6,
  town: 9,
  suburb: 12,
  village: 13,
  neighbourhood: 15,
  hamlet: 14,
}

export function placeLabels(placed: PlacedTile, zoom: number, english: boolean): LabelCandidate[] {
  return placed.tile.features.flatMap((feature) => {
    const text = nameOf(feature, english)
    const kind = String(feature.properties.kind ?? '')
    const from = PLACE_MINZOOM[kind] ?? 16
    if (feature.type !== 1 || text === '' || zoom < from) return []
    const part = feature.parts[0]
    if (part === undefined) return []
    const rank = from <= 13 ? 2 : 7
    return [{ kind: 'place', text, rank, xy: toPicture(placed, part), id: feature.id, weight: 1 }]
  })
}

export function roadLabels(placed: PlacedTile, zoom: number, english: boolean): LabelCandidate[] {
  const lines = new Map<string, { order: number; parts: Float32Array[] }>()
  for (const feature of placed.tile.features) {
    const text = nameOf(feature, english)
    const style = roadStyle(feature.properties.highway)
    if (feature.type !== 2 || text === '' || zoom < style.minzoom + 1) continue
    const line = lines.get(text) ?? { order: 0, parts: [] }
    line.order = Math.max(line.order, style.order)
    line.parts.push(...feature.parts)
    lines.set(text, line)
  }
  const labels: LabelCandidate[] = []
  for (const [text, { order, parts }] of lines) {
    for (const joined of joinLines(parts)) {
      const xy = toPicture(placed, joined)
      const weight = lengthOf(xy)
      if (weight >= text.length * 9) {
        labels.push({ kind: 'road', text, rank: 4 + (9 - order) * 0.4, xy, id: null, weight })
      }
    }
  }
  return labels
}

/** Joins pieces of one street that meet end to end, so that a long name finds room. */
export function joinLines(parts: readonly ArrayLike<number>[]): number[][] {
  const open = parts.map((part) => Array.from(part))
  const joined: number[][] = []
  while (open.length > 0) {
    let line = open.pop() as number[]
    let grown = true
    while (grown) {
      grown = false
      for (let i = 0; i < open.length; i++) {
        const longer = joinPair(line, open[i] as number[])
        if (longer === null) continue
        line = longer
        open.splice(i, 1)
        grown = true
        break
      }
    }
    joined.push(line)
  }
  return joined
}

function joinPair(a: number[], b: number[]): number[] | null {
  if (meets(a, a.length - 2, b, 0)) return a.concat(b.slice(2))
  if (meets(a, a.length - 2, b, b.length - 2)) return a.concat(reversed(b).slice(2))
  if (meets(a, 0, b, b.length - 2)) return b.concat(a.slice(2))
  if (meets(a, 0, b, 0)) return reversed(b).concat(a.slice(2))
  return null
}

function meets(a: number[], i: number, b: number[], j: number): boolean {
  return (
    Math.abs((a[i] ?? 0) - (b[j] ?? 0)) <= 2 && Math.abs((a[i + 1] ?? 0) - (b[j + 1] ?? 0)) <= 2
  )
}

function reversed(line: number[]): number[] {
  const turned: number[] = []
  for (let i = line.length - 2; i >= 0; i -= 2) turned.push(line[i] ?? 0, line[i + 1] ?? 0)
  return turned
}

function lengthOf(xy: number[]): number {
  let length = 0
  for (let i = 2; i < xy.length; i += 2) {
    length += Math.hypot((xy[i] ?? 0) - (xy[i - 2] ?? 0), (xy[i + 1] ?? 0) - (xy[i - 1] ?? 0))
  }
  return length
}

function toPicture(placed: PlacedTile, flat: ArrayLike<number>): number[] {
  const xy: number[] = []
  for (let i = 0; i < flat.length; i += 2) {
    xy.push((flat[i] ?? 0) * placed.scale + placed.offsetX)
    xy.push((flat[i + 1] ?? 0) * placed.scale + placed.offsetY)
  }
  return xy
}
