/** Roles in words. */
import type { RoleOut } from '@/client'
import { i18n } from '@/i18n'

const { t } = i18n.global

/** Where a role holds: the name of an area, or a grid's with its code. */
export function placeOf(role: Pick<RoleOut, 'area' | 'grid'>): string {
  if (role.area) return role.area.name
  return role.grid ? `${role.grid.name} ${role.grid.code}`.trim() : ''
}

export function toldRole(role: Pick<RoleOut, 'role' | 'area' | 'grid'>): string {
  return `${t(`role.${role.role}`)} · ${placeOf(role)}`
}
