/** English words of the field app. */
import { coreEn } from '@/i18n/core.en'
import { fieldMapEn } from '@/i18n/fieldMap.en'
import { fieldShellEn } from '@/i18n/fieldShell.en'
import { fieldVoiceEn } from '@/i18n/fieldVoice.en'
import { fieldWorkEn } from '@/i18n/fieldWork.en'

/** Each area adds its own; groups such as `problem` are filled up with the others'. */
export const fieldEn: readonly object[] = [
  coreEn,
  fieldShellEn,
  fieldMapEn,
  fieldWorkEn,
  fieldVoiceEn,
]
