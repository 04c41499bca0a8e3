/** Looking closer at a picture: how much, and how far it is moved, in pixels of the screen. */
export interface Zoom {
  scale: number
  x: number
  y: number
}

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 }
const MOST = 8

/** Closer or farther by a factor, so that the point (from the middle) stays where it is. */
export function zoomed(zoom: Zoom, by: number, [px, py]: [number, number] = [0, 0]): Zoom {
  const scale = Math.min(MOST, Math.max(1, zoom.scale * by))
  if (scale === 1) return WHOLE
  const ratio = scale / zoom.scale
  return { scale, x: px - (px - zoom.x) * ratio, y: py - (py - zoom.y) * ratio }
}

/** Moved, but not out of sight: the picture's edge stays at the frame's. */
export function moved(
  zoom: Zoom,
  [dx, dy]: [number, number],
  [width, height]: [number, number],
): Zoom {
  const within = (value: number, size: number) => {
    const most = ((zoom.scale - 1) * size) / 2
    // No minus nought.
    return Math.min(most, Math.max(-most, value)) + 0
  }
  return { scale: zoom.scale, x: within(zoom.x + dx, width), y: within(zoom.y + dy, height) }
}
