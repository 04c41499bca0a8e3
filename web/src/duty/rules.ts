/** Routing rules as lists and forms handle them. */
import type { RoutingRule, RuleIn } from '@/client'

/** The order with one of them at another place. */
export function movedTo(ids: readonly number[], id: number, to: number): number[] {
  const rest = ids.filter((one) => one !== id)
  return [...rest.slice(0, to), id, ...rest.slice(to)]
}

/** A rule as it would be sent unchanged. */
export function bodyOf(rule: RoutingRule): RuleIn {
  return {
    name: rule.name,
    codes: rule.codes,
    area_id: rule.area?.id ?? null,
    severities: rule.severities,
    owner: rule.owner,
    unit_id: rule.unit?.id ?? null,
    queue: rule.queue,
    active: rule.active,
  }
}

/** Codes as somebody types them: blanks, commas and lines between. */
export function codesOf(typed: string): string[] {
  return [...new Set(typed.split(/[\s,，、;；]+/).filter((code) => code !== ''))]
}
