/** What something in the outbox is called. */
import { i18n } from '@/i18n'
import type { Item } from '../outbox/types'

export function titleOf(item: Item): string {
  const { t } = i18n.global
  if (item.kind === 'photo' && item.role === 'voice') return t('fieldVoice.queued')
  if (item.kind === 'photo') return t(`field.queue.photo.${item.role}`)
  const words = t(item.label.key, item.label.params)
  return item.number === null ? words : `${words} · ${item.number}`
}
