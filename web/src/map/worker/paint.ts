/** Draws decoded tiles on a canvas: the base map, and the grids over it. */
import type { GridPaint, Lit, SourceName } from './protocol'
import { type RoadStyle, roadStyle, roadWidthPx } from './roadStyle'
import { type DecodedTile, type Feature, pathOf } from './tiles'

type Canvas = OffscreenCanvasRenderingContext2D

/** A decoded tile and where it lies in the picture (a parent tile reaches beyond it). */
export interface PlacedTile {
  tile: DecodedTile
  /** Pixels of the picture for one unit of the tile's extent. */
  scale: number
  offsetX: number
  offsetY: number
}

export type BaseTiles = Partial<Record<SourceName, PlacedTile>>

const COLOURS = {
  land: '#f7f5f0',
  outside: '#e6eaeb',
  water: '#c4dae6',
  waterEdge: '#a9c6d6',
  building: '#e6e0d5',
  buildingEdge: '#d2c9b9',
  street: '#8d7f9e',
  community: '#a79bb4',
}

export function paintBase(
  canvas: Canvas,
  tiles: BaseTiles,
  zoom: number,
  sizePx: number,
  hidden: ReadonlySet<SourceName>,
): void {
  canvas.fillStyle = COLOURS.outside
  canvas.fillRect(0, 0, sizePx, sizePx)
  if (tiles.areas) within(canvas, tiles.areas, () => paintLand(canvas, tiles.areas))
  if (tiles.water)
    within(canvas, tiles.water, (unit) => paintWater(canvas, tiles.water, zoom, unit))
  if (tiles.buildings && !hidden.has('buildings')) {
    within(canvas, tiles.buildings, (unit) => paintBuildings(canvas, tiles.buildings, zoom, unit))
  }
  if (tiles.roads && !hidden.has('roads')) {
    within(canvas, tiles.roads, (unit) => paintRoads(canvas, tiles.roads, zoom, unit))
  }
  if (tiles.areas && !hidden.has('areas')) {
    within(canvas, tiles.areas, (unit) => paintAreas(canvas, tiles.areas, zoom, unit))
  }
}

/** Draws in extent units; `unit` is the length of one pixel in them. */
function within(canvas: Canvas, placed: PlacedTile, draw: (unit: number) => void): void {
  canvas.save()
  canvas.translate(placed.offsetX, placed.offsetY)
  canvas.scale(placed.scale, placed.scale)
  canvas.lineJoin = 'round'
  canvas.lineCap = 'round'
  draw(1 / placed.scale)
  canvas.restore()
}

function featuresOf(placed: PlacedTile | undefined): Feature[] {
  return placed?.tile.features ?? []
}

/** Ground of the district: what lies beyond it is none of ours and steps back. */
function paintLand(canvas: Canvas, placed: PlacedTile | undefined) {
  canvas.fillStyle = COLOURS.land
  for (const feature of featuresOf(placed)) {
    if (feature.type === 3) canvas.fill(pathOf(feature), 'evenodd')
  }
}

function paintWater(canvas: Canvas, placed: PlacedTile | undefined, zoom: number, unit: number) {
  canvas.fillStyle = COLOURS.water
  canvas.strokeStyle = COLOURS.waterEdge
  for (const feature of featuresOf(placed)) {
    if (feature.type === 3) {
      canvas.fill(pathOf(feature), 'evenodd')
      canvas.lineWidth = 0.8 * unit
      canvas.stroke(pathOf(feature))
    } else if (feature.type === 2) {
      canvas.strokeStyle = COLOURS.water
      const width16 = feature.properties.kind === 'river' ? 9 : 4
      canvas.lineWidth = Math.max(1, width16 * 1.5 ** (zoom - 16)) * unit
      canvas.stroke(pathOf(feature))
      canvas.strokeStyle = COLOURS.waterEdge
    }
  }
}

function paintBuildings(
  canvas: Canvas,
  placed: PlacedTile | undefined,
  zoom: number,
  unit: number,
) {
  if (zoom < 14) return
  canvas.globalAlpha = zoom < 15 ? 0.7 : 1
  canvas.fillStyle = COLOURS.building
  canvas.strokeStyle = COLOURS.buildingEdge
  canvas.lineWidth = 0.7 * unit
  for (const feature of featuresOf(placed)) {
    if (feature.type !== 3) continue
    canvas.fill(pathOf(feature), 'evenodd')
    if (zoom >= 16) canvas.stroke(pathOf(feature))
  }
  canvas.globalAlpha = 1
}

function paintRoads(canvas: Canvas, placed: PlacedTile | undefined, zoom: number, unit: number) {
  const drawn = featuresOf(placed)
    .filter((feature) => feature.type === 2)
    .map((feature) => ({ feature, style: roadStyle(feature.properties.highway) }))
    .filter(({ style }) => zoom >= style.minzoom)
    .sort((a, b) => a.style.order - b.style.order)
  for (const { feature, style } of drawn) strokeCasing(canvas, feature, style, zoom, unit)
  for (const { feature, style } of drawn) {
    canvas.strokeStyle = style.fill
    canvas.lineWidth = roadWidthPx(style, zoom) * unit
    canvas.setLineDash((style.dash ?? []).map((length) => length * unit))
    canvas.stroke(pathOf(feature))
  }
  canvas.setLineDash([])
}

function strokeCasing(
  canvas: Canvas,
  feature: Feature,
  style: RoadStyle,
  zoom: number,
  unit: number,
): void {
  const width = roadWidthPx(style, zoom)
  if (style.casing === '' || width < 1.2) {
    if (style.casing === '') return
    canvas.strokeStyle = style.casing
    canvas.lineWidth = width * unit
  } else {
    canvas.strokeStyle = style.casing
    canvas.lineWidth = (width + Math.min(2, width * 0.35 + 0.6)) * unit
  }
  canvas.stroke(pathOf(feature))
}

function paintAreas(canvas: Canvas, placed: PlacedTile | undefined, zoom: number, unit: number) {
  for (const feature of featuresOf(placed)) {
    if (feature.type !== 3) continue
    const community = feature.properties.level === 'community'
    if (community && zoom < 11) continue
    canvas.strokeStyle = community ? COLOURS.community : COLOURS.street
    canvas.lineWidth = (community ? 1.2 : 2) * unit
    canvas.setLineDash(community ? [5 * unit, 4 * unit] : [9 * unit, 3 * unit, 2 * unit, 3 * unit])
    canvas.stroke(pathOf(feature))
  }
  canvas.setLineDash([])
}

export function paintGrids(
  canvas: Canvas,
  placed: PlacedTile | undefined,
  paint: GridPaint,
  zoom: number,
  lit: Lit,
): void {
  if (placed === undefined) return
  within(canvas, placed, (unit) => {
    fillByClass(canvas, featuresOf(placed), paint)
    canvas.strokeStyle = zoom < 13 ? 'rgba(52,74,84,.35)' : 'rgba(52,74,84,.62)'
    canvas.lineWidth = (zoom < 13 ? 0.6 : zoom < 15 ? 0.9 : 1.3) * unit
    for (const feature of featuresOf(placed)) canvas.stroke(pathOf(feature))
    for (const feature of featuresOf(placed)) strokeLit(canvas, feature, lit, unit)
  })
}

function fillByClass(canvas: Canvas, features: Feature[], paint: GridPaint): void {
  canvas.globalAlpha = paint.fillOpacity
  for (const feature of features) {
    if (feature.type !== 3) continue
    const index = feature.id === null ? undefined : paint.classes.get(feature.id)
    const fill = index === undefined ? paint.missing : paint.fills[index]
    if (fill === undefined || fill === '') continue
    canvas.fillStyle = fill
    canvas.fill(pathOf(feature), 'evenodd')
  }
  canvas.globalAlpha = 1
}

function strokeLit(canvas: Canvas, feature: Feature, lit: Lit, unit: number): void {
  if (feature.id === null) return
  if (feature.id === lit.selected) {
    canvas.strokeStyle = '#ffffff'
    canvas.lineWidth = 6 * unit
    canvas.stroke(pathOf(feature))
    canvas.strokeStyle = '#0b3a44'
    canvas.lineWidth = 3.2 * unit
    canvas.stroke(pathOf(feature))
  } else if (feature.id === lit.hover) {
    canvas.strokeStyle = '#0b3a44'
    canvas.lineWidth = 2 * unit
    canvas.stroke(pathOf(feature))
  }
}

const TEMPORARY = '#5b1a8b'
/** Divides a tile's side, so that the hatching runs on from tile to tile. */
const HATCH_PX = 16

/** Temporary grids: hatched, with a broken outline, so that no colour is needed to tell them. */
export function paintTemporary(
  canvas: Canvas,
  placed: PlacedTile | undefined,
  sizePx: number,
  lit: Lit,
): void {
  for (const feature of featuresOf(placed)) {
    if (placed === undefined || feature.type !== 3) continue
    hatch(canvas, placed, feature, sizePx)
    within(canvas, placed, (unit) => outline(canvas, feature, unit, feature.id === lit.temporary))
  }
}

function hatch(canvas: Canvas, placed: PlacedTile, feature: Feature, sizePx: number): void {
  const clip = new Path2D()
  clip.addPath(
    pathOf(feature),
    new DOMMatrix([placed.scale, 0, 0, placed.scale, placed.offsetX, placed.offsetY]),
  )
  canvas.save()
  canvas.clip(clip, 'evenodd')
  canvas.fillStyle = 'rgba(255,255,255,.28)'
  canvas.fillRect(0, 0, sizePx, sizePx)
  canvas.strokeStyle = TEMPORARY
  canvas.globalAlpha = 0.6
  canvas.lineWidth = 1.6
  canvas.beginPath()
  for (let at = -sizePx; at <= sizePx; at += HATCH_PX) {
    canvas.moveTo(at, sizePx)
    canvas.lineTo(at + sizePx, 0)
  }
  canvas.stroke()
  canvas.restore()
}

function outline(canvas: Canvas, feature: Feature, unit: number, selected: boolean): void {
  canvas.strokeStyle = '#ffffff'
  canvas.lineWidth = (selected ? 8 : 5.5) * unit
  canvas.stroke(pathOf(feature))
  canvas.strokeStyle = TEMPORARY
  canvas.lineWidth = (selected ? 4.5 : 2.6) * unit
  canvas.lineCap = 'butt'
  if (!selected) canvas.setLineDash([9 * unit, 4 * unit])
  canvas.stroke(pathOf(feature))
  canvas.setLineDash([])
}
