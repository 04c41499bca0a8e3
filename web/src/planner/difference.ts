/** The ground that changes hands, as shapes over the map. */
import type { Ground } from '@/client'
import { i18n } from '@/i18n'
import { count } from '@/i18n/format'
import type { Shape } from './CoverageLayer'
import { type Rings, ringsOf } from './geometry'

type Coordinates = number[][][]

/**
 * One shape for each piece; the largest bears how many households go with it. Most households
 * come first.
 */
export function differenceShapes(features: readonly Ground[]): Shape[] {
  const sorted = [...features].sort((a, b) => b.properties.households - a.properties.households)
  return sorted.flatMap(({ geometry, properties }) => {
    const pieces = (
      geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
    ) as Coordinates[]
    const { households } = properties
    const label =
      households > 0 ? i18n.global.t('editor.households', { count: count(households) }) : ''
    const rings: Rings[] = pieces.map((piece) => ringsOf(piece))
    rings.sort((one, other) => (other[0]?.length ?? 0) - (one[0]?.length ?? 0))
    return rings.map(
      (piece, i): Shape => ({
        rings: piece,
        style: 'moves',
        ...(i === 0 && label !== '' ? { label } : {}),
      }),
    )
  })
}
