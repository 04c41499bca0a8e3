import { describe, expect, it } from 'vitest'
import { codeIn } from '@/field/duty/checkpoint'
import { type Fix, Passed, walkOf } from '@/field/duty/track'
import { metresBetween } from '@/field/mine/distance'

/** East along the equator of a town: ten metres and ten seconds between two fixes. */
const STEP_DEG = 10 / 111_320
function line(from: number, to: number, startMs = 0): Fix[] {
  return Array.from({ length: to - from + 1 }, (_, i) => ({
    seq: from + i,
    at: startMs + (from + i) * 10_000,
    lon: (from + i) * STEP_DEG,
    lat: 0,
    accuracyM: 8,
  }))
}

describe('a walk', () => {
  it('is as long as what was walked, and has no gap where there is none', () => {
    const { metres, gaps, lines } = walkOf(line(0, 30), 0, 300_000)
    expect(metres).toBeCloseTo(300, 0)
    expect(gaps).toEqual([])
    expect(lines).toHaveLength(1)
  })

  it('is neither joined nor counted over a gap, at its end neither', () => {
    const { metres, gaps, lines } = walkOf([...line(0, 10), ...line(60, 70)], 0, 1_000_000)
    expect(metres).toBeCloseTo(200, 0)
    expect(gaps).toEqual([
      { fromMs: 100_000, toMs: 600_000 },
      { fromMs: 700_000, toMs: 1_000_000 },
    ])
    expect(lines).toHaveLength(2)
  })

  it('leaves out jumps, bad fixes and the wandering of a receiver that stands', () => {
    const jump = { ...line(5, 5)[0], lat: 0.01 } as Fix
    const bad = { ...line(6, 6)[0], lat: 0.001, accuracyM: 400 } as Fix
    const spoilt = [...line(0, 4), jump, bad, ...line(7, 10)]
    expect(walkOf(spoilt).metres).toBeCloseTo(100, 0)
    const still = line(0, 10).map((fix) => ({ ...fix, lon: (fix.seq % 2) * 4e-5 }))
    expect(walkOf(still).metres).toBe(0)
    expect(walkOf([], 0, 600_000).gaps).toEqual([{ fromMs: 0, toMs: 600_000 }])
  })
})

describe('parts of streets that were passed', () => {
  const part = (id: number, coordinates: number[][]) => {
    const [[lon = 0, lat = 0] = [], [lon2 = 0, lat2 = 0] = []] = coordinates
    const length = metresBetween({ lon, lat }, { lon: lon2, lat: lat2 })
    return { id, length_m: length, geometry: { coordinates } }
  }
  const along = part(1, [
    [0, 0.0001],
    [20 * STEP_DEG, 0.0001],
  ])
  const across = part(2, [
    [10 * STEP_DEG, -10 * STEP_DEG],
    [10 * STEP_DEG, 10 * STEP_DEG],
  ])

  it('lie along the track; a street that is crossed is not one', () => {
    const passed = new Passed([along, across])
    passed.take(walkOf(line(0, 8)).lines)
    expect([...passed.ids]).toEqual([])
    passed.take(walkOf(line(0, 20)).lines)
    expect([...passed.ids]).toEqual([1])
  })
})

it('reads the code of a checkpoint out of its link, or as it was typed', () => {
  expect(codeIn('https://town.example/field/#/checkpoint/AB12-x')).toBe('AB12-x')
  expect(codeIn(' AB12 ')).toBe('AB12')
  expect(codeIn('https://elsewhere.example/')).toBeNull()
})
