import { describe, expect, it } from 'vitest'
import { toBBox, toBounds, toLatLng, toLonLat } from '@/map/leaflet'
import { type LabelStyle, placeLabels } from '@/map/placement'
import { contains, featureAt, labelPoint } from '@/map/worker/hit'
import { joinLines } from '@/map/worker/labels'
import type { LabelCandidate } from '@/map/worker/protocol'
import { roadStyle, roadWidthPx } from '@/map/worker/roadStyle'
import type { Feature } from '@/map/worker/tiles'

function polygon(...rings: number[][]): Feature {
  const xs = rings.flatMap((ring) => ring.filter((_, i) => i % 2 === 0))
  const ys = rings.flatMap((ring) => ring.filter((_, i) => i % 2 === 1))
  return {
    id: 1,
    type: 3,
    properties: {},
    parts: rings.map((ring) => Float32Array.from(ring)),
    box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)],
    path: null,
  }
}

describe('longitude first', () => {
  it('flips once and back', () => {
    expect(toLatLng([118, 36])).toMatchObject({ lat: 36, lng: 118 })
    expect(toLonLat(toLatLng([118, 36]))).toEqual([118, 36])
    expect(toBBox(toBounds([1, 2, 3, 4]))).toEqual([1, 2, 3, 4])
  })
})

describe('hit test', () => {
  const ring = [0, 0, 100, 0, 100, 100, 0, 100]
  const hole = [40, 40, 60, 40, 60, 60, 40, 60]

  it('knows inside, outside and holes', () => {
    const shape = polygon(ring, hole)
    expect(contains(shape, 10, 10)).toBe(true)
    expect(contains(shape, 50, 50)).toBe(false)
    expect(contains(shape, 150, 50)).toBe(false)
  })

  it('gives a shared edge to exactly one of two neighbours', () => {
    const west = polygon([0, 0, 50, 0, 50, 100, 0, 100])
    const east = polygon([50, 0, 100, 0, 100, 100, 50, 100])
    const tile = { extent: 4096, features: [west, east] }
    expect([contains(west, 50, 30), contains(east, 50, 30)].filter(Boolean)).toHaveLength(1)
    expect(featureAt(tile, 50, 30)).not.toBeNull()
  })

  it('finds a label point inside a crescent', () => {
    const crescent = polygon([0, 0, 100, 0, 100, 20, 20, 20, 20, 80, 100, 80, 100, 100, 0, 100])
    const point = labelPoint(crescent)
    expect(point && contains(crescent, point.x, point.y)).toBe(true)
  })
})

describe('road names', () => {
  it('join the pieces of one street whatever their direction', () => {
    const joined = joinLines([
      [0, 0, 10, 0],
      [20, 0, 10, 0],
      [20, 0, 30, 5],
      [500, 500, 600, 500],
    ])
    expect(joined.map((line) => line.length).sort()).toEqual([4, 8])
  })

  it('draw large roads wider and over small ones', () => {
    const [main, lane] = [roadStyle('primary'), roadStyle('residential')]
    expect(main.order).toBeGreaterThan(lane.order)
    expect(roadWidthPx(main, 15)).toBeGreaterThan(roadWidthPx(lane, 15))
    expect(roadStyle('primary_link')).toEqual(main)
    expect(roadStyle('never heard of')).toEqual(roadStyle('unclassified'))
  })
})

describe('label placement', () => {
  const style: LabelStyle = { font: '', sizePx: 12, colour: '', halo: '', letterSpacingPx: 0 }
  const measure = (text: string) => text.length * 12
  const view = { width: 800, height: 600 }
  const place = (labels: LabelCandidate[]) => placeLabels(labels, view, () => style, measure)
  const label = (change: Partial<LabelCandidate>): LabelCandidate => ({
    kind: 'place',
    text: '幸福里',
    rank: 1,
    xy: [400, 300],
    id: null,
    weight: 1,
    ...change,
  })

  it('never lets two labels touch: the most important stays, others step aside or go', () => {
    const placed = place(
      ['甲街', '乙街', '丙街', '丁街', '戊街'].map((text, rank) => label({ text, rank })),
    )
    expect(placed.map((p) => p.label.text)).toEqual(['甲街', '乙街', '丙街'])
    expect(placed.map((p) => p.glyphs[0]?.y)).toEqual([300, 270, 330])
  })

  it('keeps names clear of markers', () => {
    const covered = placeLabels([label({})], view, () => style, measure, [[0, 0, 800, 600]])
    expect(covered).toEqual([])
    const aside = placeLabels([label({})], view, () => style, measure, [[390, 290, 410, 310]])
    expect(aside[0]?.glyphs[0]?.y).not.toBe(300)
  })

  it('drops what would stick out of the view', () => {
    expect(place([label({ xy: [5, 300] })])).toEqual([])
  })

  it('names a shape cut by a tile edge once, on its largest piece', () => {
    const placed = place([
      label({ kind: 'grid', id: 3, xy: [100, 100], weight: 10 }),
      label({ kind: 'grid', id: 3, xy: [600, 400], weight: 90 }),
    ])
    expect(placed).toHaveLength(1)
    expect(placed[0]?.glyphs[0]?.x).toBe(600)
  })

  it('keeps Chinese upright on a road that runs south, from top to bottom', () => {
    for (const xy of [
      [300, 100, 300, 400],
      [300, 400, 300, 100],
    ]) {
      const [placed] = place([label({ kind: 'road', text: '人民路', xy })])
      expect(placed?.glyphs.map((g) => g.text)).toEqual(['人', '民', '路'])
      expect(placed?.glyphs.every((g) => Math.abs(g.angle) < 1e-6)).toBe(true)
      const ys = placed?.glyphs.map((g) => g.y) ?? []
      expect([...ys].sort((a, b) => a - b)).toEqual(ys)
    }
  })

  it('reads from left to right on a road drawn from east to west', () => {
    const [placed] = place([label({ kind: 'road', text: '人民路', xy: [500, 200, 100, 210] })])
    const xs = placed?.glyphs.map((g) => g.x) ?? []
    expect([...xs].sort((a, b) => a - b)).toEqual(xs)
    expect(placed?.glyphs.every((g) => Math.abs(g.angle) < 0.2)).toBe(true)
  })

  it('leaves out a name that is longer than its road', () => {
    expect(
      place([label({ kind: 'road', text: '很长很长的路名', xy: [100, 100, 140, 100] })]),
    ).toEqual([])
  })
})
