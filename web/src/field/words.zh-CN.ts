/** Chinese words of the field app. */
import { coreZh } from '@/i18n/core.zh-CN'
import { fieldMapZh } from '@/i18n/fieldMap.zh-CN'
import { fieldShellZh } from '@/i18n/fieldShell.zh-CN'
import { fieldVoiceZh } from '@/i18n/fieldVoice.zh-CN'
import { fieldWorkZh } from '@/i18n/fieldWork.zh-CN'

/** Each area adds its own; groups such as `problem` are filled up with the others'. */
export const fieldZh: readonly object[] = [
  coreZh,
  fieldShellZh,
  fieldMapZh,
  fieldWorkZh,
  fieldVoiceZh,
]
