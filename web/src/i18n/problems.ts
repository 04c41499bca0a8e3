/** What went wrong, in words, with what the server said about it. */
import type { ApiProblem } from '@/api/problem'
import { dayAndTime } from './format'
import { i18n, language, word } from './index'

const t = i18n.global.t
const te = i18n.global.te
const MOMENT = /^\d{4}-\d\d-\d\dT/

/** A problem in words, with what the server said about it filled in. */
export function problemText(problem: ApiProblem): string {
  const { code, params } = problem
  if (code === 'action-not-allowed' && params.reason === 'same-person') {
    return t('problem.same-person')
  }
  if (code === 'action-not-allowed' && te(`problem.reason-${String(params.reason)}`)) {
    return t(`problem.reason-${String(params.reason)}`)
  }
  if (code === 'action-not-allowed') {
    return t(`problem.${code}`, {
      action: word('action', params.action),
      state: word('case.state', params.state),
    })
  }
  if (code === 'case-not-yours-now') return t(`problem.${code}-${String(params.why)}`, told(params))
  if (code === 'case-moved-on') {
    return t(`problem.${code}`, { state: word('case.state', params.state) })
  }
  if (code === 'invalid') {
    const names = problem.errors.map(({ pointer }) => word('field', pointer.split('/').pop()))
    return t('problem.invalid', { fields: [...new Set(names)].join('、') || problem.message })
  }
  if (te(`problem.${code}`)) return t(`problem.${code}`, told(params))
  const said = language() === 'en' ? params.message_en : params.message_zh
  return typeof said === 'string' ? said : t('problem.unknown', { code })
}

/** What the server said of a problem as people read it: its moments and lists too. */
function told(params: Record<string, unknown>): Record<string, unknown> {
  const read = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.join('、')
    return typeof value === 'string' && MOMENT.test(value) ? dayAndTime(value) : value
  }
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, read(value)]))
}
