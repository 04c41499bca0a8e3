/** The mean of a polygon's outer corners as [lon, lat]; inside for hexagons and other round shapes. */
export function centreOf(
  geometry: { coordinates: unknown } | null | undefined,
): [number, number] | null {
  const ring = (geometry?.coordinates as [number, number][][] | undefined)?.[0]?.slice(1)
  if (ring === undefined || ring.length === 0) return null
  const lon = ring.reduce((sum, point) => sum + point[0], 0) / ring.length
  const lat = ring.reduce((sum, point) => sum + point[1], 0) / ring.length
  return [lon, lat]
}
