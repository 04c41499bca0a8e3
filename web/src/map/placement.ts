/** Decides which labels fit on the map and where each of their characters goes. */
import type { LabelCandidate } from './worker/protocol'

export interface LabelStyle {
  font: string
  sizePx: number
  colour: string
  halo: string
  letterSpacingPx: number
}

export interface Glyph {
  text: string
  x: number
  y: number
  angle: number
}

export interface PlacedLabel {
  label: LabelCandidate
  style: LabelStyle
  glyphs: Glyph[]
}

export type Measure = (text: string, style: LabelStyle) => number

/** A box in pixels of the view. */
export type Box = [west: number, north: number, east: number, south: number]

const REPEAT_PX = 260
const STEP_PX = 30
const CJK = /[　-鿿豈-﫿＀-￯]/

export function isCjk(text: string): boolean {
  return CJK.test(text)
}

/**
 * Greedy placement by rank: a label is dropped when it would touch one already placed, or one of
 * the `obstacles` (markers); a name at a point may step above or below it instead.
 */
export function placeLabels(
  candidates: readonly LabelCandidate[],
  view: { width: number; height: number },
  styleOf: (label: LabelCandidate) => LabelStyle,
  measure: Measure,
  obstacles: readonly Box[] = [],
): PlacedLabel[] {
  const taken: Box[] = [...obstacles]
  const placed: PlacedLabel[] = []
  const names = new Map<string, [number, number][]>()
  const sorted = [...largestPieces(candidates)].sort(
    (a, b) => a.rank - b.rank || b.weight - a.weight,
  )
  for (const label of sorted) {
    const style = styleOf(label)
    const ways =
      label.kind === 'road'
        ? alongLine(label, style, measure, view)
        : aroundPoint(label, style, measure)
    const found = ways.find(({ boxes }) => boxes.every((box) => isFree(box, taken, view)))
    if (found === undefined) continue
    const near = names.get(label.text) ?? []
    const [x, y] = found.centre
    if (near.some(([nx, ny]) => Math.hypot(nx - x, ny - y) < REPEAT_PX)) continue
    names.set(label.text, [...near, found.centre])
    taken.push(...found.boxes)
    placed.push({ label, style, glyphs: found.glyphs })
  }
  return placed
}

/** A shape cut by tile edges gives a label for each piece: the largest keeps it. */
function largestPieces(candidates: readonly LabelCandidate[]): LabelCandidate[] {
  const largest = new Map<string, LabelCandidate>()
  const rest: LabelCandidate[] = []
  for (const label of candidates) {
    if (label.id === null || label.kind === 'road') {
      rest.push(label)
      continue
    }
    const key = `${label.kind}${label.id}`
    const other = largest.get(key)
    if (other === undefined || other.weight < label.weight) largest.set(key, label)
  }
  return [...largest.values(), ...rest]
}

function isFree(box: Box, taken: readonly Box[], view: { width: number; height: number }): boolean {
  if (box[0] < 0 || box[1] < 0 || box[2] > view.width || box[3] > view.height) return false
  return !taken.some((o) => box[0] < o[2] && box[2] > o[0] && box[1] < o[3] && box[3] > o[1])
}

interface Found {
  glyphs: Glyph[]
  boxes: Box[]
  centre: [number, number]
}

/** At the point, else a little above, else a little below. */
function aroundPoint(label: LabelCandidate, style: LabelStyle, measure: Measure): Found[] {
  const [x, y] = label.xy
  if (x === undefined || y === undefined) return []
  const half = measure(label.text, style) / 2 + 4
  const tall = style.sizePx / 2 + 4
  return [0, -STEP_PX, STEP_PX].map((step) => ({
    glyphs: [{ text: label.text, x, y: y + step, angle: 0 }],
    boxes: [[x - half, y + step - tall, x + half, y + step + tall]],
    centre: [x, y + step],
  }))
}

/**
 * Sets a name along a line. Chinese characters stay upright: along a flat line they lean with
 * it, along a steep one they are stacked from top to bottom. Other scripts turn with the line.
 */
function alongLine(
  label: LabelCandidate,
  style: LabelStyle,
  measure: Measure,
  view: { width: number; height: number },
): Found[] {
  const chinese = isCjk(label.text)
  const glyphs = chinese ? Array.from(label.text) : [label.text]
  const widths = glyphs.map((text) => measure(text, style) + (chinese ? style.letterSpacingPx : 0))
  const total = widths.reduce((sum, width) => sum + width, 0)
  return insideView(label.xy, view).flatMap((line) =>
    [0.5, 0.3, 0.7].flatMap((share) => onLine(line, share, glyphs, widths, total, style, chinese)),
  )
}

function onLine(
  line: number[],
  share: number,
  texts: string[],
  widths: number[],
  total: number,
  style: LabelStyle,
  chinese: boolean,
): Found[] {
  const length = lengthOf(line)
  const room = (length - total) / 2 - 6
  if (room < 0) return []
  const centre = Math.min(length / 2 + room, Math.max(length / 2 - room, length * share))
  const middle = pointAlong(line, centre)
  const steep = chinese && Math.abs(Math.sin(middle.angle)) > 0.77
  const forwards = steep ? Math.sin(middle.angle) > 0 : Math.cos(middle.angle) >= 0
  const glyphs: Glyph[] = []
  let offset = -total / 2
  for (let i = 0; i < texts.length; i++) {
    const width = widths[i] ?? 0
    const at = offset + width / 2
    const point = pointAlong(line, forwards ? centre + at : centre - at)
    if (Math.abs(normal(point.angle - middle.angle)) > 0.6) return []
    const turn = forwards ? point.angle : point.angle + Math.PI
    const angle = steep ? turn - Math.PI / 2 : turn
    glyphs.push({ text: texts[i] ?? '', x: point.x, y: point.y, angle: normal(angle) })
    offset += width
  }
  const boxes = glyphs.map((glyph, i) => boxOf(glyph, widths[i] ?? 0, style.sizePx))
  return [{ glyphs, boxes, centre: [middle.x, middle.y] }]
}

function boxOf(glyph: Glyph, width: number, height: number): Box {
  const cos = Math.abs(Math.cos(glyph.angle))
  const sin = Math.abs(Math.sin(glyph.angle))
  const half = (width * cos + height * sin) / 2 + 1
  const tall = (width * sin + height * cos) / 2 + 1
  return [glyph.x - half, glyph.y - tall, glyph.x + half, glyph.y + tall]
}

/** The pieces of a line whose points lie in the view, the longest first. */
function insideView(xy: number[], view: { width: number; height: number }): number[][] {
  const pieces: number[][] = []
  let piece: number[] = []
  const inside = (x: number, y: number) => x > 0 && y > 0 && x < view.width && y < view.height
  for (let i = 0; i + 3 < xy.length; i += 2) {
    const [x0, y0, x1, y1] = [xy[i] ?? 0, xy[i + 1] ?? 0, xy[i + 2] ?? 0, xy[i + 3] ?? 0]
    const steps = Math.max(1, Math.ceil(Math.hypot(x1 - x0, y1 - y0) / 40))
    for (let s = i === 0 ? 0 : 1; s <= steps; s++) {
      const x = x0 + ((x1 - x0) * s) / steps
      const y = y0 + ((y1 - y0) * s) / steps
      if (inside(x, y)) {
        piece.push(x, y)
      } else if (piece.length > 0) {
        pieces.push(piece)
        piece = []
      }
    }
  }
  if (piece.length > 0) pieces.push(piece)
  return pieces.filter((p) => p.length >= 4).sort((a, b) => lengthOf(b) - lengthOf(a))
}

function lengthOf(line: number[]): number {
  let length = 0
  for (let i = 2; i < line.length; i += 2) {
    length += Math.hypot(
      (line[i] ?? 0) - (line[i - 2] ?? 0),
      (line[i + 1] ?? 0) - (line[i - 1] ?? 0),
    )
  }
  return length
}

function pointAlong(line: number[], distance: number): { x: number; y: number; angle: number } {
  let left = distance
  let last = { x: line[0] ?? 0, y: line[1] ?? 0, angle: 0 }
  for (let i = 2; i < line.length; i += 2) {
    const [x0, y0, x1, y1] = [line[i - 2] ?? 0, line[i - 1] ?? 0, line[i] ?? 0, line[i + 1] ?? 0]
    const step = Math.hypot(x1 - x0, y1 - y0)
    const angle = Math.atan2(y1 - y0, x1 - x0)
    if (left <= step && step > 0) {
      return { x: x0 + ((x1 - x0) * left) / step, y: y0 + ((y1 - y0) * left) / step, angle }
    }
    left -= step
    last = { x: x1, y: y1, angle }
  }
  return last
}

function normal(angle: number): number {
  return Math.atan2(Math.sin(angle), Math.cos(angle))
}
