/** How the draft's grids, and what is done to them, look on a canvas. */
import type { BBox, LonLat } from '@/map/leaflet'
import type { Box } from '@/map/placement'
import type { Over, Shape } from './CoverageLayer'
import { DEVIATION_FILLS, type Deviation } from './deviation'
import { nameplace, type Rings } from './geometry'
import type { Projection } from './projection'

export interface PaintedGrid {
  id: number
  rings: Rings
  box: BBox
  deviation: Deviation
  locked: boolean
  /** Lines of its label, the most important first; the next are left out where they do not fit. */
  label: readonly string[]
  nameplace: { at: LonLat; width: number } | null
}

export interface Ground {
  seen: BBox
  lifted: ReadonlySet<number>
  hatch: Record<Deviation, CanvasPattern | null>
}

const FONT =
  '"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif'
const INK = '#0b3a44'
const SHAPE_COLOURS: Record<Shape['style'], string> = {
  drag: '#0b3a44',
  mine: '#0b5fa5',
  theirs: '#8a2a7c',
  before: '#56666d',
  moves: '#7a2fb0',
}

function meets(one: BBox, other: BBox): boolean {
  return one[0] <= other[2] && one[2] >= other[0] && one[1] <= other[3] && one[3] >= other[1]
}

/** Draws every grid in view; what its labels cover, in pixels of the canvas. */
export function drawGround(
  context: CanvasRenderingContext2D,
  projection: Projection,
  grids: Iterable<PaintedGrid>,
  { seen, lifted, hatch }: Ground,
): Box[] {
  const visible: PaintedGrid[] = []
  for (const grid of grids) if (meets(grid.box, seen) && !lifted.has(grid.id)) visible.push(grid)
  context.lineJoin = 'round'
  for (const grid of visible) {
    trace(context, projection, grid.rings)
    fill(context, grid.deviation, hatch)
    context.strokeStyle = INK
    context.lineWidth = 1.4
    context.stroke()
  }
  return visible.flatMap((grid) => drawLabel(context, projection, grid))
}

function fill(
  context: CanvasRenderingContext2D,
  deviation: Deviation,
  hatch: Ground['hatch'],
): void {
  context.globalAlpha = deviation === 'good' ? 0.3 : 0.42
  context.fillStyle = DEVIATION_FILLS[deviation]
  context.fill('evenodd')
  const pattern = hatch[deviation]
  if (pattern !== null) {
    context.globalAlpha = 0.55
    context.fillStyle = pattern
    context.fill('evenodd')
  }
  context.globalAlpha = 1
}

function trace(context: CanvasRenderingContext2D, { toPx }: Projection, rings: Rings): void {
  context.beginPath()
  for (const ring of rings) {
    ring.forEach((corner, i) => {
      const [x, y] = toPx(corner)
      if (i === 0) context.moveTo(x, y)
      else context.lineTo(x, y)
    })
    context.closePath()
  }
}

/** How much wider than its grid's inside a label may be before it is left out. */
const OVERHANG = 1.15
const LINE_PX = 16
const SIZE_PX = 12.5

function drawLabel(
  context: CanvasRenderingContext2D,
  { toPx }: Projection,
  grid: PaintedGrid,
): Box[] {
  if (grid.nameplace === null) return []
  const { at, width } = grid.nameplace
  const [x, y] = toPx(at)
  const room = (toPx([at[0] + width, at[1]])[0] - x) * OVERHANG
  context.font = `600 ${SIZE_PX}px ${FONT}`
  const [first, ...rest] = grid.label.map((line) => ({
    line,
    width: context.measureText(line).width,
  }))
  if (first === undefined || first.width > room) return []
  const lines = rest.every((line) => line.width <= room) ? [first, ...rest] : [first]
  lines.forEach(({ line }, i) => {
    write(context, line, x, y + (i - (lines.length - 1) / 2) * LINE_PX, i === 0 ? 600 : 400)
  })
  if (grid.locked) drawLock(context, x, y - 22)
  const half = Math.max(...lines.map((line) => line.width)) / 2 + 2
  const high = (lines.length * LINE_PX) / 2
  return [[x - half, y - high, x + half, y + high]]
}

function write(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  weight: number,
  sizePx = SIZE_PX,
): void {
  context.font = `${weight} ${sizePx}px ${FONT}`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.lineJoin = 'round'
  context.lineWidth = 3.5
  context.strokeStyle = 'rgba(255,255,255,.92)'
  context.strokeText(text, x, y)
  context.fillStyle = '#14262c'
  context.fillText(text, x, y)
}

function drawLock(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.lineWidth = 2
  context.strokeStyle = INK
  context.fillStyle = '#fff'
  context.beginPath()
  context.arc(x, y - 3, 4, Math.PI, 0)
  context.stroke()
  context.beginPath()
  context.rect(x - 6, y - 3, 12, 9)
  context.fill()
  context.stroke()
}

export function drawOver(
  context: CanvasRenderingContext2D,
  projection: Projection,
  grids: Iterable<PaintedGrid>,
  over: Over,
): void {
  context.lineJoin = 'round'
  if (over.selected.size > 0 || over.hovered !== null) {
    for (const grid of grids) {
      if (over.lifted.has(grid.id)) continue
      if (over.selected.has(grid.id)) outline(context, projection, grid.rings, 5)
      else if (grid.id === over.hovered) outline(context, projection, grid.rings, 2.5)
    }
  }
  for (const shape of over.shapes) drawShape(context, projection, shape)
  writeLabels(context, projection, over.shapes)
  drawLine(context, projection, over.line)
  for (const mark of over.marks) ring(context, projection.toPx(mark), 11, '#8a2a7c')
  for (const handle of over.handles) knob(context, projection.toPx(handle), 3.5, '#fff')
  if (over.grip !== null) {
    const colour = { corner: '#fff', insert: '#f0b93a', snapped: '#3d8fb8' }[over.grip.kind]
    knob(context, projection.toPx(over.grip.at), 7, colour)
  }
}

function outline(
  context: CanvasRenderingContext2D,
  projection: Projection,
  rings: Rings,
  widthPx: number,
): void {
  trace(context, projection, rings)
  context.strokeStyle = '#fff'
  context.lineWidth = widthPx + 2
  context.stroke()
  context.strokeStyle = INK
  context.lineWidth = widthPx
  context.stroke()
}

function drawShape(
  context: CanvasRenderingContext2D,
  projection: Projection,
  { rings, style }: Shape,
): void {
  trace(context, projection, rings)
  const colour = SHAPE_COLOURS[style]
  if (style !== 'before') {
    context.globalAlpha = style === 'moves' ? 0.34 : 0.18
    context.fillStyle = colour
    context.fill('evenodd')
    context.globalAlpha = 1
  }
  context.setLineDash(style === 'theirs' ? [9, 5] : style === 'before' ? [3, 4] : [])
  context.strokeStyle = colour
  context.lineWidth = style === 'before' ? 1.5 : 2.5
  context.stroke()
  context.setLineDash([])
}

const LABEL_PX = 15

/** Writes what shapes bear, the first first; what would lie on another waits for a closer look. */
function writeLabels(
  context: CanvasRenderingContext2D,
  projection: Projection,
  shapes: readonly Shape[],
): void {
  const labels = shapes.flatMap(({ rings, label }) => {
    const place = label === undefined ? null : nameplace(rings)
    if (label === undefined || place === null) return []
    const [x, y] = projection.toPx(place.at)
    context.font = `700 ${LABEL_PX}px ${FONT}`
    return [{ label, x, y, width: context.measureText(label).width }]
  })
  for (const { label, x, y } of clearOfEachOther(labels, LABEL_PX * 1.2)) {
    write(context, label, x, y, 700, LABEL_PX)
  }
}

/** Those of some labels, given by their middles, that lie on none kept before them. */
export function clearOfEachOther<T extends { x: number; y: number; width: number }>(
  labels: readonly T[],
  height: number,
): T[] {
  const kept: T[] = []
  for (const one of labels) {
    const lies = ({ x, y, width }: T) =>
      Math.abs(x - one.x) < (width + one.width) / 2 && Math.abs(y - one.y) < height
    if (!kept.some(lies)) kept.push(one)
  }
  return kept
}

function drawLine(
  context: CanvasRenderingContext2D,
  { toPx }: Projection,
  line: readonly LonLat[],
): void {
  if (line.length === 0) return
  context.beginPath()
  line.forEach((corner, i) => {
    const [x, y] = toPx(corner)
    if (i === 0) context.moveTo(x, y)
    else context.lineTo(x, y)
  })
  context.strokeStyle = '#fff'
  context.lineWidth = 6
  context.stroke()
  context.strokeStyle = '#8a2a7c'
  context.lineWidth = 3
  context.stroke()
  for (const corner of line) knob(context, toPx(corner), 4, '#fff')
}

function knob(
  context: CanvasRenderingContext2D,
  [x, y]: readonly [number, number],
  radiusPx: number,
  colour: string,
): void {
  context.beginPath()
  context.arc(x, y, radiusPx, 0, 2 * Math.PI)
  context.fillStyle = colour
  context.fill()
  context.strokeStyle = INK
  context.lineWidth = 2
  context.stroke()
}

function ring(
  context: CanvasRenderingContext2D,
  [x, y]: readonly [number, number],
  radiusPx: number,
  colour: string,
): void {
  context.beginPath()
  context.arc(x, y, radiusPx, 0, 2 * Math.PI)
  context.strokeStyle = colour
  context.lineWidth = 3.5
  context.stroke()
}

/** One way for amber, crosswise for red: told apart without their colours. */
export function hatchings(): Record<Deviation, CanvasPattern | null> {
  return { good: null, amber: hatching(false), red: hatching(true) }
}

function hatching(crosswise: boolean): CanvasPattern | null {
  const sizePx = 10
  const tile = document.createElement('canvas')
  tile.width = tile.height = sizePx
  const context = tile.getContext('2d')
  if (context === null) return null
  context.strokeStyle = crosswise ? '#7c1d0c' : '#8a5f00'
  context.lineWidth = 1.2
  context.beginPath()
  for (const shift of [-sizePx, 0, sizePx]) {
    context.moveTo(shift, sizePx)
    context.lineTo(shift + sizePx, 0)
    if (crosswise) {
      context.moveTo(shift, 0)
      context.lineTo(shift + sizePx, sizePx)
    }
  }
  context.stroke()
  return context.createPattern(tile, 'repeat')
}
