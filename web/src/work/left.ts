/** How long a case has, in words. */
import type { CaseBrief } from '@/client'
import { i18n } from '@/i18n'
import { span } from '@/i18n/format'
import { isToBePutRight } from '@/lib/cases'

type Timed = Pick<CaseBrief, 'state' | 'deadline_at' | 'overdue'>

/** Whether it should have been put right before now. */
export function isLate(item: Timed, nowMs = Date.now()): boolean {
  if (!isToBePutRight(item.state) || item.deadline_at === null) return false
  return item.overdue || new Date(item.deadline_at).getTime() < nowMs
}

/** What is left, or by how much it is late; empty where no clock runs. */
export function leftText(item: Timed, nowMs = Date.now()): string {
  if (!isToBePutRight(item.state) || item.deadline_at === null) return ''
  const leftMs = new Date(item.deadline_at).getTime() - nowMs
  const { t } = i18n.global
  return t(leftMs < 0 ? 'case.overdueBy' : 'case.timeLeft', { span: span(leftMs) })
}
