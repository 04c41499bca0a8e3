/** Which of the lists of cases is opened first: a unit's desk for who handles, else the last one. */
import { may, session } from '@/state/session'
import type { WorkPanel } from '@/state/url'

const KEY = 'sanbai.work.panel'

/** Whether somebody has a desk: of his own unit, or of all as the centre. */
export function hasDesk(): boolean {
  return (session.me?.roles.some(({ role }) => role === 'handler') ?? false) || may('case:dispatch')
}

export function workPanels(): WorkPanel[] {
  return hasDesk() ? ['cases', 'board', 'desk'] : ['cases', 'board']
}

export function workPanel(): WorkPanel {
  const last = workPanels().find((name) => name === localStorage.getItem(KEY))
  return last ?? (may('case:dispatch') || !hasDesk() ? 'cases' : 'desk')
}

export function rememberPanel(name: WorkPanel): void {
  localStorage.setItem(KEY, name)
}
