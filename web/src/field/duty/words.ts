/** Figures of a duty in words. */
import { i18n } from '@/i18n'
import { clock } from '@/i18n/format'
import type { Gap } from './track'

const t = i18n.global.t

/** Hours and minutes; the first minute in seconds, so that one sees that it runs. */
export function stretch(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000))
  if (minutes < 1) return t('fieldWork.duty.seconds', { n: Math.floor(milliseconds / 1_000) })
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  if (hours === 0) return t('fieldWork.duty.minutes', { n: rest })
  return t('fieldWork.duty.hours', { h: hours, n: rest })
}

export function gapWords({ fromMs, toMs }: Gap): string {
  const short = (moment: number) => clock(moment).slice(0, 5)
  return t('fieldWork.duty.gap', {
    ...{ from: short(fromMs), to: short(toMs), span: stretch(toMs - fromMs) },
  })
}
