/** Which of the two clients a phone opens: the officer's app at /field/, or the desk's here. */

export const FIELD = '/field/'
const CHOICE = 'sanbai.client'
export type Choice = 'field' | 'desk'

/** Narrow and touched: not a desk's screen whose window is narrow. */
export function isPhone(): boolean {
  return window.matchMedia?.('(pointer: coarse) and (max-width: 599px)').matches ?? false
}

export function keptChoice(): Choice | null {
  const kept = localStorage.getItem(CHOICE)
  return kept === 'field' || kept === 'desk' ? kept : null
}

export function keepChoice(choice: Choice): void {
  localStorage.setItem(CHOICE, choice)
}

/**
 * Whether this start leads on to the officer's app: only the bare address does, a link to
 * something opens it here; `?desk=1` comes back from the app and is kept.
 */
export function leadsToField({ hash, search }: Pick<Location, 'hash' | 'search'>): boolean {
  if (new URLSearchParams(search).has('desk')) {
    keepChoice('desk')
    return false
  }
  return hash === '' && search === '' && isPhone() && keptChoice() === 'field'
}
