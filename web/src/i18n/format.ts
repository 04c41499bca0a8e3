/** Times and numbers as people read them, in the district's time zone. */
import { session } from '@/state/session'
import { i18n, language } from './index'

const t = i18n.global.t

/** English with the day before the month: 11/2 would be read two ways. */
function locale(): string {
  return language() === 'en' ? 'en-GB' : 'zh-CN'
}

/** The district's own clock. */
export function zone(): string {
  return session.me?.district.time_zone ?? 'Asia/Shanghai'
}

function format(moment: string | Date | number, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale(), {
    timeZone: zone(),
    hourCycle: 'h23',
    ...options,
  }).format(new Date(moment))
}

export function clock(moment: string | Date | number): string {
  return format(moment, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
}

/** The hour of the day in the district, 0 to 23. */
export function hourNow(): number {
  return Number(format(Date.now(), { hour: '2-digit' }).replace(/\D/g, ''))
}

export function dayAndTime(moment: string | Date | number): string {
  return format(moment, {
    month: language() === 'en' ? 'short' : 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  })
}

export function fullTime(moment: string | Date | number): string {
  return format(moment, { dateStyle: 'long', timeStyle: 'short' })
}

export function day(moment: string | Date | number): string {
  return format(moment, {
    year: 'numeric',
    month: language() === 'en' ? 'short' : '2-digit',
    day: '2-digit',
  })
}

/** A stretch of time in its largest sensible unit. */
export function span(milliseconds: number): string {
  const minutes = Math.round(Math.abs(milliseconds) / 60_000)
  if (minutes < 90) return t('time.minutes', { n: minutes })
  const hours = Math.round(minutes / 60)
  if (hours < 48) return t('time.hours', { n: hours })
  return t('time.days', { n: Math.round(hours / 24) })
}

export function ago(moment: string | Date | number): string {
  const passed = Date.now() - new Date(moment).getTime()
  return passed < 60_000 ? t('time.now') : t('time.ago', { span: span(passed) })
}

export function count(value: number): string {
  return new Intl.NumberFormat(locale()).format(value)
}

export function decimal(value: number, digits: number): string {
  return new Intl.NumberFormat(locale(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value)
}

export function percent(share: number): string {
  return `${decimal(Math.floor(share * 1000) / 10, share === 1 ? 0 : 1)} %`
}
