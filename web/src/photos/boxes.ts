/** Boxes drawn over a picture, in its own pixels: left, top, right, bottom. */
export type Box = [left: number, top: number, right: number, bottom: number]
export interface Size {
  width: number
  height: number
}

/** A box smaller than this was a click. */
const LEAST_PX = 6
const STEP_PX = 10

/** The box between two corners, within the picture; null when it was only a click. */
export function boxBetween(
  [x1, y1]: [number, number],
  [x2, y2]: [number, number],
  size: Size,
): Box | null {
  const within = (value: number, most: number) => Math.min(most, Math.max(0, Math.round(value)))
  const box: Box = [
    within(Math.min(x1, x2), size.width),
    within(Math.min(y1, y2), size.height),
    within(Math.max(x1, x2), size.width),
    within(Math.max(y1, y2), size.height),
  ]
  return box[2] - box[0] < LEAST_PX || box[3] - box[1] < LEAST_PX ? null : box
}

/** A fifth of the picture, in its middle. */
export function middleBox({ width, height }: Size): Box {
  return [width * 0.4, height * 0.4, width * 0.6, height * 0.6].map(Math.round) as Box
}

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** The box after an arrow key: moved, or with Shift resized; null for any other key. */
export function afterKey(box: Box, key: string, resize: boolean, size: Size): Box | null {
  const way = ARROWS[key]
  if (way === undefined) return null
  const [dx, dy] = [way[0] * STEP_PX, way[1] * STEP_PX]
  const [left, top, right, bottom] = box
  if (resize) {
    return [
      left,
      top,
      Math.min(size.width, Math.max(left + LEAST_PX, right + dx)),
      Math.min(size.height, Math.max(top + LEAST_PX, bottom + dy)),
    ]
  }
  const mx = Math.min(size.width - right, Math.max(-left, dx))
  const my = Math.min(size.height - bottom, Math.max(-top, dy))
  return [left + mx, top + my, right + mx, bottom + my]
}
