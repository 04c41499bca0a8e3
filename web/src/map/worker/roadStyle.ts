/** How each class of road is drawn: colour, width by zoom, and the zoom it appears at. */

export interface RoadStyle {
  fill: string
  casing: string
  /** Width in pixels at zoom 16; it grows and shrinks by `GROWTH` for each zoom level. */
  width16: number
  minzoom: number
  /** Drawn later, so on top, when larger. */
  order: number
  dash: number[] | null
}

const GROWTH = 1.55

const MAIN = { fill: '#fbe8b6', casing: '#d3b775', dash: null }
const MIDDLE = { fill: '#fffaf0', casing: '#cdc3ae', dash: null }
const SMALL = { fill: '#ffffff', casing: '#d5cec0', dash: null }
const WALK = { fill: '#cbbfa8', casing: '', dash: [3, 3] }

const STYLES: Record<string, RoadStyle> = {
  motorway: { ...MAIN, fill: '#f6d9a0', width16: 14, minzoom: 6, order: 9 },
  trunk: { ...MAIN, width16: 13, minzoom: 7, order: 8 },
  primary: { ...MAIN, width16: 12, minzoom: 9, order: 7 },
  secondary: { ...MIDDLE, width16: 10, minzoom: 11, order: 6 },
  tertiary: { ...MIDDLE, width16: 8, minzoom: 12, order: 5 },
  residential: { ...SMALL, width16: 5.5, minzoom: 13, order: 4 },
  unclassified: { ...SMALL, width16: 5.5, minzoom: 13, order: 4 },
  living_street: { ...SMALL, width16: 4.5, minzoom: 14, order: 3 },
  service: { ...SMALL, width16: 3, minzoom: 15, order: 2 },
  lane: { ...SMALL, width16: 2.6, minzoom: 14, order: 2 },
  pedestrian: { ...SMALL, fill: '#f3efe6', width16: 4, minzoom: 15, order: 2 },
  track: { ...WALK, width16: 1.3, minzoom: 14, order: 1 },
  path: { ...WALK, width16: 1.1, minzoom: 15, order: 1 },
  footway: { ...WALK, width16: 1.1, minzoom: 16, order: 1 },
  cycleway: { ...WALK, width16: 1.1, minzoom: 16, order: 1 },
  steps: { ...WALK, width16: 1.4, minzoom: 16, order: 1 },
  rail: { fill: '#b9b4ab', casing: '', dash: [6, 4], width16: 2, minzoom: 12, order: 8 },
}

const OTHER = STYLES.unclassified as RoadStyle

/** The style of an OSM `highway` class; link roads are drawn like the road they lead to. */
export function roadStyle(highway: unknown): RoadStyle {
  if (typeof highway !== 'string') return OTHER
  return STYLES[highway] ?? STYLES[highway.replace(/_link$/, '')] ?? OTHER
}

export function roadWidthPx(style: RoadStyle, zoom: number): number {
  return Math.max(0.7, style.width16 * GROWTH ** (zoom - 16))
}
