import { beforeEach, describe, expect, it, vi } from 'vitest'
import { cardIn, linked, takeCardLink } from '@/state/cardLink'
import { isIdle } from '@/state/idle'

const MINUTE = 60_000

describe('a card’s address', () => {
  it('gives its code', () => {
    expect(cardIn('#/card/K7QF3-2M9XA-TR4DH-8WHCP')).toBe('K7QF3-2M9XA-TR4DH-8WHCP')
  })

  it.each([
    '',
    '#panel=report',
    '#/card/',
    '#/card/a b',
    '#/cases?overdue=1',
    `#/card/${'A'.repeat(41)}`,
  ])('is not %s', (hash) => expect(cardIn(hash)).toBeNull())

  it('does not stay in the address bar', () => {
    window.location.hash = '#/card/K7QF3-2M9XA-TR4DH-8WHCP'
    takeCardLink()
    expect(linked.card).toBe('K7QF3-2M9XA-TR4DH-8WHCP')
    expect(window.location.hash).toBe('')
    linked.card = null
  })
})

describe('a shared computer', () => {
  beforeEach(() => {
    localStorage.clear()
    vi.resetModules()
  })

  it('remembers nobody and never locks until it is asked to', async () => {
    const { here } = await import('@/state/here')
    expect(here.people).toEqual([])
    expect(here.lockMinutes).toBe(0)
  })

  it('locks itself once somebody is remembered, unless told otherwise before', async () => {
    const first = await import('@/state/here')
    first.rememberHere({ login: 'wang', name: '王丽', card: null })
    expect(first.here.lockMinutes).toBe(15)
    vi.resetModules()
    const again = await import('@/state/here')
    expect(again.here.people).toEqual([{ login: 'wang', name: '王丽', card: null }])
    again.setLockMinutes(0)
    again.forgetHere('wang')
    again.rememberHere({ login: 'li', name: '李强', card: null })
    expect(again.here.lockMinutes).toBe(0)
  })

  it('shows who came last first, and nobody twice', async () => {
    const { here, rememberHere } = await import('@/state/here')
    for (const login of ['wang', 'li', 'wang']) rememberHere({ login, name: login, card: null })
    expect(here.people.map(({ login }) => login)).toEqual(['wang', 'li'])
  })

  it.each(['{', '[1]', '"x"', '[{"login":"a"}]'])('is not put off by %s', async (kept) => {
    localStorage.setItem('sanbai.people', kept)
    expect((await import('@/state/here')).here.people).toEqual([])
  })

  it('is idle after its minutes, and never without them', () => {
    expect(isIdle(15 * MINUTE, 0, 15)).toBe(true)
    expect(isIdle(15 * MINUTE - 1, 0, 15)).toBe(false)
    expect(isIdle(1_000 * MINUTE, 0, 0)).toBe(false)
  })

  it('locks when nobody has touched it, and not while it hangs on the wall', async () => {
    vi.useFakeTimers()
    const { setLockMinutes } = await import('@/state/here')
    const { watchIdle } = await import('@/state/idle')
    setLockMinutes(5)
    const lock = vi.fn()
    let onWall = true
    const stop = watchIdle(lock, () => onWall)
    vi.advanceTimersByTime(20 * MINUTE)
    expect(lock).not.toHaveBeenCalled()
    onWall = false
    vi.advanceTimersByTime(4 * MINUTE)
    window.dispatchEvent(new Event('keydown'))
    vi.advanceTimersByTime(4 * MINUTE)
    expect(lock).not.toHaveBeenCalled()
    vi.advanceTimersByTime(2 * MINUTE)
    expect(lock).toHaveBeenCalled()
    stop()
    lock.mockClear()
    vi.advanceTimersByTime(60 * MINUTE)
    expect(lock).not.toHaveBeenCalled()
    vi.useRealTimers()
  })
})
