import { describe, expect, it, vi } from 'vitest'
import type { Backdrop } from '@/client'
import { L } from '@/map/leaflet'
import { DrawingLayer } from '@/planner/drawing'
import { Sheets } from '@/planner/sheets'

const placed = {
  by: 'points',
  fit: 'affine',
  rms_m: 1.5,
  spare: 0,
  points: [{ x: 10, y: 20, lon: 118, lat: 36.8, residual_m: 0 }],
} as const

const sheet = (id: string, more: Partial<Backdrop> = {}): Backdrop => ({
  id,
  kind: 'scan',
  name: `${id}.png`,
  size_bytes: 1,
  width_px: 400,
  height_px: 300,
  page: null,
  pages: null,
  picture_url: '/p',
  shown_url: null,
  placed: null,
  bbox: null,
  added_by: { id: 'a', display_name: '规划科' },
  received_at: '2026-11-22T00:00:00Z',
  ...more,
})

describe('placing a sheet', () => {
  it('takes a place on the map only for one that was pointed at on the sheet', () => {
    const sheets = new Sheets(1)
    sheets.point([118, 36.8])
    expect(sheets.state.placing).toBeNull()
    sheets.beginPlacing(sheet('a'))
    sheets.point([118, 36.8])
    expect(sheets.state.placing?.points).toEqual([])
    sheets.change({ waiting: { x: 12.5, y: 30 } })
    sheets.point([118.1, 36.9])
    expect(sheets.state.placing?.waiting).toBeNull()
    expect(sheets.state.placing?.points).toEqual([{ x: 12.5, y: 30, lon: 118.1, lat: 36.9 }])
    sheets.endPlacing()
    expect(sheets.state.placing).toBeNull()
  })

  it('begins again with the points of the last time, without what was left over', () => {
    const sheets = new Sheets(1)
    sheets.beginPlacing(sheet('a', { placed: { ...placed, points: [...placed.points] } }))
    expect(sheets.state.placing?.fit).toBe('affine')
    expect(sheets.state.placing?.points).toEqual([{ x: 10, y: 20, lon: 118, lat: 36.8 }])
  })
})

describe('a drawing on the map', () => {
  // jsdom draws nothing: what is asked of the canvas is of no matter here.
  const idle = new Proxy({}, { get: () => () => undefined, set: () => true })
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(idle as never)
  const container = document.createElement('div')
  Object.defineProperties(container, { clientWidth: { value: 800 }, clientHeight: { value: 600 } })
  const map = L.map(container, { zoomAnimation: false }).setView([36.8, 118], 15)
  map.createPane('sheets')
  const document_ = {
    type: 'FeatureCollection' as const,
    features: [
      {
        type: 'Feature' as const,
        properties: { text: '规划<路>' },
        geometry: { type: 'Point' as const, coordinates: [118, 36.8] },
      },
      {
        type: 'Feature' as const,
        properties: { text: '远处' },
        geometry: { type: 'Point' as const, coordinates: [119, 36.8] },
      },
    ],
  }

  it('writes texts where they can be read, as text', () => {
    const layer = new DrawingLayer(document_, 'sheets', 0.8)
    map.addLayer(layer)
    const written = () => [...container.querySelectorAll('.drawing-text')]
    expect(written()).toEqual([])
    map.setView([36.8, 118], 18, { animate: false })
    expect(written().map(({ textContent }) => textContent)).toEqual(['规划<路>'])
    layer.remove()
    map.setView([36.8, 118.0001], 18, { animate: false })
    expect(written()).toEqual([])
  })
})
