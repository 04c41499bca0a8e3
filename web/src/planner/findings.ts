/** What is amiss with a grid or an edit, in words. */
import { i18n } from '@/i18n'
import { count } from '@/i18n/format'
import type { Finding } from './contract'
import { signedPct } from './deviation'

/** A finding in words; numbers are written as people read them. */
export function findingText({ code, params }: Finding): string {
  const { t, te } = i18n.global
  const key = `finding.${code}`
  if (!te(key)) return t('finding.unknown', { code })
  const words: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(params)) {
    words[name] = typeof value === 'number' ? count(Math.round(value)) : value
  }
  if (typeof params.off_pct === 'number') words.off_pct = signedPct(params.off_pct)
  return t(key, words)
}
