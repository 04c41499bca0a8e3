/** Distances over a town, where the earth is flat enough. */
export interface Spot {
  lon: number
  lat: number
}

const METRES_PER_DEGREE = 111_320

export function metresBetween(a: Spot, b: Spot): number {
  const shrink = Math.cos((((a.lat + b.lat) / 2) * Math.PI) / 180)
  return Math.hypot((b.lon - a.lon) * shrink, b.lat - a.lat) * METRES_PER_DEGREE
}

/** Metres from a place to the stretch between two others. */
export function metresToStretch(place: Spot, from: Spot, to: Spot): number {
  const shrink = Math.cos((place.lat * Math.PI) / 180)
  const flat = ({ lon, lat }: Spot) =>
    [(lon - place.lon) * shrink * METRES_PER_DEGREE, (lat - place.lat) * METRES_PER_DEGREE] as const
  const [[x0, y0], [x1, y1]] = [flat(from), flat(to)]
  const [dx, dy] = [x1 - x0, y1 - y0]
  const length2 = dx * dx + dy * dy
  const share = length2 === 0 ? 0 : Math.min(1, Math.max(0, -(x0 * dx + y0 * dy) / length2))
  return Math.hypot(x0 + share * dx, y0 + share * dy)
}

type Ring = number[][]

function insideRing({ lon, lat }: Spot, ring: Ring): boolean {
  let inside = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi = 0, yi = 0] = ring[i] ?? []
    const [xj = 0, yj = 0] = ring[j] ?? []
    const crosses = yi > lat !== yj > lat && lon < ((xj - xi) * (lat - yi)) / (yj - yi) + xi
    if (crosses) inside = !inside
  }
  return inside
}

export interface Area {
  type: string
  coordinates: unknown
}

function polygonsOf({ type, coordinates }: Area): Ring[][] {
  if (type === 'Polygon') return [coordinates as Ring[]]
  return type === 'MultiPolygon' ? (coordinates as Ring[][]) : []
}

/** Whether a place lies in a polygon or one of several, GeoJSON. */
export function isInside(place: Spot, area: Area): boolean {
  return polygonsOf(area).some(
    ([outer, ...holes]) =>
      outer !== undefined &&
      insideRing(place, outer) &&
      !holes.some((hole) => insideRing(place, hole)),
  )
}

/** Metres from a place to a polygon; 0 within it. */
export function metresToArea(place: Spot, area: Area): number {
  if (isInside(place, area)) return 0
  let nearest = Number.POSITIVE_INFINITY
  for (const ring of polygonsOf(area).flat()) {
    for (let i = 1; i < ring.length; i++) {
      const [from, to] = [spot(ring[i - 1]), spot(ring[i])]
      nearest = Math.min(nearest, metresToStretch(place, from, to))
    }
  }
  return nearest
}

export function spot(corner: readonly number[] | undefined): Spot {
  return { lon: corner?.[0] ?? 0, lat: corner?.[1] ?? 0 }
}
