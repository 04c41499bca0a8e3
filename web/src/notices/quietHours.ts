/** When a notice may draw attention to itself, and when it only waits in the list. */

export const NIGHT_BEGINS = 22
export const NIGHT_ENDS = 7

export type Loudness = 'usual' | 'always' | 'never'
export const LOUDNESS: readonly Loudness[] = ['usual', 'always', 'never']

/** Whether an hour of the day is one of the night. */
export function isNight(hour: number): boolean {
  return hour >= NIGHT_BEGINS || hour < NIGHT_ENDS
}

/** Whether a notice that just came shows by itself: by night only what is red. */
export function speaksUp(severity: string | null, hour: number, loudness: Loudness): boolean {
  if (loudness === 'never') return false
  return loudness === 'always' || severity === 'red' || !isNight(hour)
}
