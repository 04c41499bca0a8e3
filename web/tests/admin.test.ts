/** The table of a year, and limits as people say them. */
import { describe, expect, it } from 'vitest'
import { amountIn, limitOf } from '@/admin/limit'
import { turned, weeksOf } from '@/admin/year'

describe('the table of a year', () => {
  it('puts the days under their weekdays', () => {
    const weeks = weeksOf(2026, 2, [])
    // 2026-02-01 is a Sunday.
    expect(weeks[0]?.map((cell) => cell?.number ?? 0)).toEqual([0, 0, 0, 0, 0, 0, 1])
    expect(weeks.flat().filter((cell) => cell !== null)).toHaveLength(28)
    expect(weeks[1]?.map((cell) => cell?.worked)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ])
  })

  it('shows what is not as its weekday says', () => {
    const weeks = weeksOf(2026, 2, [{ day: '2026-02-14', worked: true, name: '春节' }])
    const cell = weeks.flat().find((one) => one?.number === 14)
    expect(cell).toMatchObject({ worked: true, special: true, name: '春节' })
  })

  it('turns a day over and back', () => {
    const once = turned([], '2026-02-16', '春节')
    expect(once).toEqual([{ day: '2026-02-16', worked: false, name: '春节' }])
    expect(turned(once, '2026-02-16', null)).toEqual([])
    expect(turned([], '2026-02-14', null)).toEqual([
      { day: '2026-02-14', worked: true, name: null },
    ])
  })
})

describe('limits', () => {
  it.each([
    ['continuous', 2, 120],
    ['working-hours', 1.5, 90],
    ['working-days', 5, 5],
  ] as const)('on %s: %d is %d', (clock, said, amount) => {
    expect(limitOf(said, clock)).toEqual({ clock, amount })
    expect(amountIn({ clock, amount })).toBe(said)
  })
})
