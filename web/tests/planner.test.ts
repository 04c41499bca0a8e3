import { describe, expect, it } from 'vitest'
import type { LonLat } from '@/map/leaflet'
import { Census } from '@/planner/counting'
import { Coverage, type Face } from '@/planner/coverage'
import { deviationOf, fairTarget, offPct, signedPct } from '@/planner/deviation'
import { contains, nameplace, type Ring, ringsOf } from '@/planner/geometry'
import { clearOfEachOther } from '@/planner/painting'
import { projectionAt } from '@/planner/projection'
import { RoadIndex } from '@/planner/roads'

/** A square of side 1 with its lower left corner at (x, y); `extra` corners go into its ring. */
function square(x: number, y: number): Ring {
  return [
    [x, y],
    [x + 1, y],
    [x + 1, y + 1],
    [x, y + 1],
  ]
}
function face(id: number, ring: Ring, areaId = 1, locked = false): Face {
  return { id, areaId, locked, rings: [ring] }
}
/** Two by two squares; the corner (1, 1) is shared by all four. */
function four(): Coverage {
  return new Coverage([
    face(1, square(0, 0)),
    face(2, square(1, 0)),
    face(3, square(0, 1)),
    face(4, square(1, 1)),
  ])
}

describe('coverage', () => {
  it('lets every grid that shares a corner follow it', () => {
    const changed = four().after({ moves: [{ from: [1, 1], to: [1.2, 1.1] }], inserted: [] })
    expect([...changed.keys()].sort()).toEqual([1, 2, 3, 4])
    for (const [ring] of changed.values()) {
      expect(ring).toContainEqual([1.2, 1.1])
      expect(ring).not.toContainEqual([1, 1])
    }
  })

  it('puts a corner into both grids of an edge, in order', () => {
    const changed = four().after({
      moves: [],
      inserted: [
        {
          between: [
            [1, 1],
            [1, 0],
          ],
          to: [1.1, 0.5],
        },
      ],
    })
    expect(changed.get(1)?.[0]).toEqual([
      [0, 0],
      [1, 0],
      [1.1, 0.5],
      [1, 1],
      [0, 1],
    ])
    expect(changed.get(2)?.[0]).toEqual([
      [1.1, 0.5],
      [1, 0],
      [2, 0],
      [2, 1],
      [1, 1],
    ])
    expect(changed.has(3)).toBe(false)
  })

  it('holds fast the rim, the border of a community and locked grids', () => {
    const coverage = four()
    expect(coverage.cornerIsFree([1, 1])).toBe(true)
    expect(coverage.cornerIsFree([1, 0])).toBe(false)
    coverage.replace([], [face(2, square(1, 0), 2)])
    expect(coverage.cornerIsFree([1, 1])).toBe(false)
    coverage.replace([], [face(2, square(1, 0))])
    expect(coverage.cornerIsFree([1, 1])).toBe(true)
    coverage.replace([], [face(2, square(1, 0), 1, true)])
    expect(coverage.cornerIsFree([1, 1])).toBe(false)
  })

  it('knows neighbours by edges, not by corners', () => {
    const coverage = four()
    expect([...coverage.neighbours(1)].sort()).toEqual([2, 3])
    expect(coverage.areJoined([1, 4])).toBe(false)
    expect(coverage.areJoined([1, 2, 4])).toBe(true)
  })

  it('forgets what was replaced', () => {
    const coverage = four()
    const wide: Ring = [
      [0, 0],
      [2, 0],
      [2, 1],
      [1, 1],
      [0, 1],
    ]
    coverage.replace([2], [face(1, wide)])
    expect(coverage.face(2)).toBeUndefined()
    expect(coverage.along({ a: [1, 0], b: [1, 1] })).toEqual([])
    expect(coverage.faceAt([1.5, 0.5])?.id).toBe(1)
  })
})

describe('census', () => {
  const columns = {
    id: [10, 11, 12],
    lon: [0.5, 0.95, 1.5],
    lat: [0.5, 0.5, 0.5],
    households: [100, 30, 70],
    name: [null, null, null],
    compound: [null, null, null],
  }

  it('counts both sides while a boundary moves, and follows when it has', () => {
    const coverage = four()
    const census = new Census(columns, coverage)
    const moved = coverage.after({
      moves: [
        { from: [1, 0], to: [0.9, 0] },
        { from: [1, 1], to: [0.9, 1] },
      ],
      inserted: [],
    })
    expect(census.counts(moved).get(1)).toEqual({ households: 100, buildings: 1 })
    expect(census.counts(moved).get(2)).toEqual({ households: 100, buildings: 2 })
    expect(census.buildingsOf(1)).toHaveLength(2)
    census.follow([], moved)
    expect(census.buildingsOf(1)).toEqual([0])
    expect([...census.buildingsOf(2)].sort()).toEqual([1, 2])
  })
})

describe('deviation', () => {
  it('turns amber past the tolerance and red past twice it, both ways', () => {
    expect([4.9, -5, 5.1, -10, 10.1].map((off) => deviationOf(off, 5))).toEqual([
      'good',
      'good',
      'amber',
      'amber',
      'red',
    ])
  })

  it('finds the fair target in what the server said', () => {
    const fair = fairTarget({ households: 330, off_pct: 10 }, 300)
    expect(fair).toBeCloseTo(300)
    expect(offPct(270, fair)).toBeCloseTo(-10)
    expect(fairTarget({ households: 0, off_pct: -100 }, 280)).toBe(280)
  })

  it('writes a sign that is as wide as the other', () => {
    expect([signedPct(12.4), signedPct(-8), signedPct(0.2)]).toEqual(['+12 %', '−8 %', '±0 %'])
  })
})

describe('geometry', () => {
  it('knows holes, and finds a name’s place in a crescent', () => {
    const ring = ringsOf([
      [
        [0, 0],
        [10, 0],
        [10, 10],
        [0, 10],
        [0, 0],
      ],
    ])
    expect(ring[0]).toHaveLength(4)
    const crescent: Ring = [
      [0, 0],
      [10, 0],
      [10, 2],
      [2, 2],
      [2, 8],
      [10, 8],
      [10, 10],
      [0, 10],
    ]
    const place = nameplace([crescent])
    expect(place && contains([crescent], place.at)).toBe(true)
    const hole: Ring = [
      [4, 4],
      [6, 4],
      [6, 6],
      [4, 6],
    ]
    expect(contains([...ring, hole], [5, 5])).toBe(false)
  })
})

describe('roads', () => {
  const { toPx, fromPx } = projectionAt(16, [0, 0])
  const road: LonLat[] = [
    [118, 36],
    [118.01, 36],
  ]

  it('snaps within some pixels and no farther', () => {
    const index = new RoadIndex([road])
    const [x, y] = toPx([118.005, 36])
    const near = index.nearest(fromPx([x + 3, y + 8]), { toPx, fromPx }, 12)
    expect(near?.[1]).toBeCloseTo(36, 7)
    expect(near?.[0]).toBeCloseTo(fromPx([x + 3, y])[0], 7)
    expect(index.nearest(fromPx([x, y + 20]), { toPx, fromPx }, 12)).toBeNull()
  })

  it('goes to pixels and back', () => {
    const [lon, lat] = fromPx(toPx([118.123456, 36.654321]))
    expect([lon, lat].map((value) => value.toFixed(9))).toEqual(['118.123456000', '36.654321000'])
  })
})

describe('labels over the map', () => {
  it('keeps the first of those that lie on each other', () => {
    const at = (x: number, y: number) => ({ x, y, width: 40 })
    const kept = clearOfEachOther([at(0, 0), at(39, 17), at(41, 0), at(0, 18)], 18)
    expect(kept).toEqual([at(0, 0), at(41, 0), at(0, 18)])
  })
})
