/** Words of the field app; the desk's client does not load them. */
import { i18n } from '@/i18n'
import { fieldMapEn } from '@/i18n/fieldMap.en'
import { fieldMapZh } from '@/i18n/fieldMap.zh-CN'
import { fieldShellEn } from '@/i18n/fieldShell.en'
import { fieldShellZh } from '@/i18n/fieldShell.zh-CN'
import { fieldWorkEn } from '@/i18n/fieldWork.en'
import { fieldWorkZh } from '@/i18n/fieldWork.zh-CN'

/** Each area adds its own; groups such as `problem` are filled up with the others'. */
export const FIELD_WORDS: { zh: object; en: object }[] = [
  { zh: fieldShellZh, en: fieldShellEn },
  { zh: fieldMapZh, en: fieldMapEn },
  { zh: fieldWorkZh, en: fieldWorkEn },
]

export function addFieldWords(): void {
  for (const { zh, en } of FIELD_WORDS) {
    i18n.global.mergeLocaleMessage('zh-CN', zh)
    i18n.global.mergeLocaleMessage('en', en)
  }
}
