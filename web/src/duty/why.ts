/** Why a rule took a matter, in words. */
import type { Suggestion } from '@/client'
import { i18n, word } from '@/i18n'

const t = i18n.global.t

export function whyText(suggestion: Suggestion): string {
  const { category, area, severity, owner } = suggestion.why
  const parts = [
    category && category !== '*' ? t('duty.whyCategory', { code: category }) : '',
    area ? t('duty.whyArea', { area }) : '',
    severity ? t('duty.whySeverity', { severity: word('case.severity', severity) }) : '',
    owner ? t('duty.whyOwner', { owner }) : '',
  ].filter((part) => part !== '')
  const rule = t('duty.rule', { name: suggestion.rule_name })
  const comma = i18n.global.locale.value === 'en' ? ', ' : '，'
  return [rule, ...(parts.length > 0 ? parts : [t('duty.whyAll')])].join(comma)
}
