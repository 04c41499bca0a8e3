import { beforeEach, describe, expect, it, vi } from 'vitest'
import { keepChoice, keptChoice, leadsToField } from '@/state/fieldOffer'

describe('which client a phone opens', () => {
  beforeEach(() => {
    localStorage.clear()
    vi.stubGlobal('matchMedia', () => ({ matches: true }))
  })

  it('is the officer’s app where it was chosen, from the bare address only', () => {
    expect(leadsToField({ hash: '', search: '' })).toBe(false)
    keepChoice('field')
    expect(leadsToField({ hash: '', search: '' })).toBe(true)
    expect(leadsToField({ hash: '#/case/1', search: '' })).toBe(false)
    expect(leadsToField({ hash: '', search: '?sign-in=failed' })).toBe(false)
  })

  it('is the desk’s again for who comes back from there', () => {
    keepChoice('field')
    expect(leadsToField({ hash: '', search: '?desk=1' })).toBe(false)
    expect(keptChoice()).toBe('desk')
  })

  it('is the desk’s on a screen with a mouse', () => {
    vi.stubGlobal('matchMedia', () => ({ matches: false }))
    keepChoice('field')
    expect(leadsToField({ hash: '', search: '' })).toBe(false)
  })
})
