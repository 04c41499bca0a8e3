/** Pages of administration, and what each takes: nobody is shown one that he may not use. */
import { may } from '@/state/session'

export const PAGES = [
  { name: 'people', permission: 'account:manage' },
  { name: 'calendar', permission: 'calendar:manage' },
  { name: 'limits', permission: 'limit:manage' },
  { name: 'kinds', permission: 'district:manage' },
  { name: 'rules', permission: 'case-rules:write' },
  { name: 'places', permission: 'district:manage' },
  { name: 'papers', permission: 'template:manage' },
  { name: 'channels', permission: 'channel:manage' },
  { name: 'exports', permission: 'export:read' },
] as const
export type AdminPage = (typeof PAGES)[number]['name']

export function pagesForMe(): AdminPage[] {
  return PAGES.filter(({ permission }) => may(permission)).map(({ name }) => name)
}

export function mayAdminister(): boolean {
  return pagesForMe().length > 0
}
