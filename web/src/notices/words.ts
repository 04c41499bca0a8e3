/** Notices in words: by their kind, with what they say in it. */
import type { Notice } from '@/client'
import { i18n, word } from '@/i18n'
import { dayAndTime } from '@/i18n/format'

const text = (value: unknown): string => (typeof value === 'string' ? value : String(value ?? ''))

/** A notice in one line; of a kind that this client does not know, its name. */
export function noticeText(notice: Pick<Notice, 'kind' | 'facts'>): string {
  const { t, te } = i18n.global
  const key = `notices.kind.${notice.kind}`
  if (!te(key)) return t('notices.unknown', { kind: notice.kind })
  const { facts } = notice
  const deadline = facts.deadline_at
  return t(key, {
    deadline: typeof deadline === 'string' ? dayAndTime(deadline) : '',
    level: word('action.levels', facts.level),
    post: text(facts.post),
    number: text(facts.desk_number),
    year: text(facts.year),
    device: text(facts.device),
    grid: text(facts.grid),
    day: text(facts.day),
    reason: text(facts.reason),
  })
}
