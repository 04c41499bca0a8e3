/** How the clock of a case stands at a moment, and in whose words it is told. */
import type { CaseTime } from '@/client'
import { clockOf } from '@/duty/now'
import { i18n } from '@/i18n'

export type Mood = 'calm' | 'soon' | 'late'

export interface Stand {
  /** Seconds of its own clock; below 0: so long past. Null: its days are not entered. */
  leftS: number | null
  mood: Mood
  /** False: outside hours of work, or suspended. */
  runs: boolean
}

/** From this share of its time on it is soon over. */
const SOON_SHARE = 0.25
const HOUR_S = 3_600
const DAY_S = 86_400
const t = i18n.global.t

/**
 * Where the clock stands so long after the server told it. The device's own clock is only used
 * for the difference: on a phone it may be wrong. Suspended it is not late whatever the calendar
 * says: `deadlineAt` is null then.
 */
export function standAt(time: CaseTime, deadlineAt: string | null, sinceToldMs: number): Stand {
  const told = Date.parse(time.at)
  const now = told + sinceToldMs
  const turns = time.turns_at === null ? Number.POSITIVE_INFINITY : Date.parse(time.turns_at)
  const ranS = time.runs ? Math.max(0, Math.min(now, turns) - told) / 1000 : 0
  const leftS = time.left_s === null ? null : time.left_s - ranS
  const past = deadlineAt !== null && now > Date.parse(deadlineAt)
  const late = (leftS !== null && leftS < 0) || past
  const soon = leftS !== null && leftS <= time.limit_s * SOON_SHARE
  return { leftS, mood: late ? 'late' : soon ? 'soon' : 'calm', runs: time.runs && now < turns }
}

/** When the clock has to be asked again since it turns: milliseconds from being told, or null. */
export function turnsIn(time: CaseTime): number | null {
  return time.turns_at === null ? null : Date.parse(time.turns_at) - Date.parse(time.at)
}

/** A stretch in the words of a clock: working days, hours of work, or hours and seconds. */
export function clockText(
  seconds: number,
  clock: CaseTime['clock'],
  dayS: number,
  ticking = false,
): string {
  const whole = Math.floor(Math.abs(seconds))
  const day = clock === 'continuous' ? DAY_S : dayS
  const days = clock === 'working-hours' ? 0 : Math.floor(whole / day)
  const rest = whole - days * day
  if (clock === 'continuous' && days === 0 && ticking) return clockOf(whole * 1000)
  const hours = Math.floor(rest / HOUR_S)
  const minutes = Math.floor((rest % HOUR_S) / 60)
  const dayWord = clock === 'continuous' ? 'days' : 'workdays'
  const parts = [
    days > 0 ? t(`casePage.span.${dayWord}`, { n: days }) : '',
    hours > 0 ? t('casePage.span.hours', { n: hours }) : '',
    // Beside days the minutes say nothing.
    days === 0 && (minutes > 0 || hours === 0) ? t('casePage.span.minutes', { n: minutes }) : '',
  ].filter((part) => part !== '')
  const told = parts.join(' ')
  return clock === 'working-hours' ? t('casePage.span.ofWork', { span: told }) : told
}
