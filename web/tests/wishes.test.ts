/** What the form holds of a planner's wishes. */
import { describe, expect, it } from 'vitest'
import type { Plan } from '@/client'
import { countOf, elsewhere, faultsOf, lastAsked, wholeWishes, withArea } from '@/planner/wishes'

describe('wishes', () => {
  it('says all that was left unsaid and counts what is asked for', () => {
    const usual = wholeWishes()
    expect(usual).toMatchObject({ tolerance_pct: 5, micro: { least: 50, most: 80 }, only: null })
    expect(countOf(usual)).toBe(0)
    expect(countOf(wholeWishes({ seed: 3, barriers: { town: ['water'] } }))).toBe(2)
    expect(countOf(wholeWishes({ way: 'least-change' }))).toBe(0)
  })

  it('takes what a stopped or failed run was asked for before what the grids were made by', () => {
    const plan = {
      target_households: 300,
      wishes: { seed: 1 },
      generation: { asked: { households: 150, wishes: { seed: 2 } } },
    } as unknown as Plan
    expect(lastAsked(plan)).toMatchObject({ households: 150, wishes: { seed: 2 } })
    const done = { ...plan, generation: { asked: null } } as unknown as Plan
    expect(lastAsked(done)).toMatchObject({ households: 300, wishes: { seed: 1 } })
  })

  it('forgets places, not limits, in another area', () => {
    const asked = wholeWishes({ tolerance_pct: 8, only: [3], locked_of: 7, seed: 2 })
    expect(elsewhere(asked)).toEqual(wholeWishes({ tolerance_pct: 8, seed: 2 }))
  })

  it('keeps a community only while something special is asked of it', () => {
    const micro = { area_id: 5, kind: 'micro', households: null } as const
    const one = withArea([], micro)
    expect(one).toEqual([micro])
    expect(withArea(one, { ...micro, kind: 'site' })).toHaveLength(1)
    expect(withArea(one, { ...micro, kind: 'general' })).toEqual([])
  })

  it('finds what cannot be sent', () => {
    expect(faultsOf(wholeWishes()).size).toBe(0)
    const wrong = wholeWishes({
      tolerance_pct: Number.NaN,
      micro: { least: 90, most: 80 },
      seed: 1.5,
      areas: [{ area_id: 1, households: 5 }],
    })
    expect([...faultsOf({ ...wrong, only: [] })].sort()).toEqual([
      'areas',
      'micro',
      'only',
      'seed',
      'tolerance',
    ])
  })
})
