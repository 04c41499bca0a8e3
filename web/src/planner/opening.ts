/** What a plan is opened for: the editor begins with that side of it, once. */
export type Side = 'grids' | 'course' | 'sheets' | 'report'

let wanted: Side = 'grids'

export function openWith(side: Side): void {
  wanted = side
}

export function takeSide(): Side {
  const side = wanted
  wanted = 'grids'
  return side
}
