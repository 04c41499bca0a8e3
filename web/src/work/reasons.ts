/** Why a step was not taken, in words. */
import { i18n, word } from '@/i18n'

export function reasonText(reason: string | null, state?: string): string {
  const { t, te } = i18n.global
  const key = `work.reason.${reason ?? 'state'}`
  const told = te(key) ? key : 'work.reason.other'
  return t(told, { state: state === undefined ? '' : word('case.state', state) })
}
