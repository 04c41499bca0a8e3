import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decode } from '@/map/worker/tiles'

const CSS = readFileSync('src/field/map/map.css', 'utf8')
const PAPER = { land: '#f7f5f0', building: '#e6e0d5', water: '#c4dae6', road: '#fce8b6' }

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

/** The colour of a line or area by day: what the style says first. */
function strokeOf(selector: string): string {
  const escaped = selector.replaceAll('.', '\\.')
  const found = new RegExp(`\\n${escaped} \\{[^}]*(?:stroke|fill): (#[0-9a-f]{6})`).exec(CSS)
  if (found?.[1] === undefined) throw new Error(`${selector} has no colour`)
  return found[1]
}

describe('lines on the officer’s map', () => {
  for (const selector of ['.my-grid', '.street.is-waiting', '.street.is-walked', '.own-track']) {
    it(`stand out from all that lies under them: ${selector}`, () => {
      for (const [what, ground] of Object.entries(PAPER)) {
        expect(contrast(strokeOf(selector), ground), what).toBeGreaterThan(3)
      }
    })
  }
})

describe('a tile of the map taken along', () => {
  it('may hold nothing of a layer', () => {
    expect(decode(new ArrayBuffer(0), 'roads').features).toEqual([])
  })
})
