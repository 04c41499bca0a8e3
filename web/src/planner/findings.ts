/** What is amiss with a grid or an edit, in words. */
import type { PlanProblem } from '@/client'
import { i18n } from '@/i18n'
import { count } from '@/i18n/format'
import type { Finding } from './contract'
import { signedPct } from './deviation'

/** A finding in words; numbers are written as people read them. */
export function findingText({ code, params }: Finding): string {
  const { t, te } = i18n.global
  const key = `finding.${code}`
  if (!te(key)) return t('finding.unknown', { code })
  return t(key, inWords(params))
}

function inWords(params: Record<string, unknown>): Record<string, unknown> {
  const words: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(params)) {
    words[name] = typeof value === 'number' ? count(Math.round(value * 100) / 100) : value
  }
  if (typeof params.off_pct === 'number') words.off_pct = signedPct(params.off_pct)
  return words
}

/** What the check of a plan found, in words; grids by the end of their codes. */
export function checkText(problem: PlanProblem): string {
  const { t, te } = i18n.global
  const { code, grids, area } = problem
  const forced = problem.params.forced === true ? '-forced' : ''
  const key = `checkFinding.${code}${forced}`
  if (!te(key)) return t('finding.unknown', { code })
  const words = inWords(problem.params)
  return t(key, { ...words, area, grids: grids.map((grid) => `…${grid.slice(-6)}`).join('、') })
}
