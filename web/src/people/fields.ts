/** What a refusal says of single fields, so that it stands beside them. */
import type { ApiProblem } from '@/api/problem'
import { i18n } from '@/i18n'

const { t, te } = i18n.global

/** Refusals that are about one field although no pointer names it. */
const ABOUT: Record<string, string> = {
  'login-taken': 'login',
  'post-past': 'since',
  'post-order': 'last_day',
  'post-held': 'role',
  'post-no-unit': 'role',
  'post-unit': 'stand_in_id',
  'post-same-account': 'stand_in_id',
  'identity-taken': 'subject',
}

/** What is to be mended in a field, in words; null where nothing is. */
export function faultOf(problem: ApiProblem | null, field: string): string | null {
  if (problem === null) return null
  if (ABOUT[problem.code] === field) return t(`problem.${problem.code}`)
  const found = problem.errors.find(({ pointer }) => pointer.split('/')[1] === field)
  if (found === undefined) return null
  return te(`people.fieldFault.${field}`) ? t(`people.fieldFault.${field}`) : t('people.mendField')
}

/** Whether a refusal is told beside a field, and need not be told once more. */
export function isBeside(problem: ApiProblem, fields: string[]): boolean {
  const about = ABOUT[problem.code]
  if (about !== undefined) return fields.includes(about)
  const named = problem.errors.map(({ pointer }) => pointer.split('/')[1] ?? '')
  return named.length > 0 && named.every((field) => fields.includes(field))
}
