// @vitest-environment jsdom
import 'fake-indexeddb/auto'
import { afterEach, expect, it, vi } from 'vitest'
import { dropThumbs, recallThumb, takeThumbs } from '@/field/mine/thumbs'
import { closeCurrent, openCurrent } from '@/field/outbox/current'

const ACCOUNTS = ['01900000-0000-7000-8000-0000000000a1', '01900000-0000-7000-8000-0000000000a2']
const photo = (n: number, redactions = 0) => ({ id: `p${n}`, url: `/photos/p${n}`, redactions })
const { signal } = new AbortController()

afterEach(() => {
  closeCurrent()
  vi.unstubAllGlobals()
})

async function kept(n: number, redactions = 0): Promise<boolean> {
  return (await recallThumb(photo(n, redactions))) !== null
}

it('keeps the newest pictures of an account, and lets go of the rest and of all', async () => {
  const asked = vi.fn(async () => new Response(new Uint8Array([1, 2, 3])))
  vi.stubGlobal('fetch', asked)
  await openCurrent(ACCOUNTS[0] as string)
  const many = Array.from({ length: 70 }, (_, n) => photo(n))
  await takeThumbs(many, signal)
  expect(asked).toHaveBeenCalledTimes(60)
  expect([await kept(59), await kept(60)]).toEqual([true, false])
  // Blacked out since: the picture from before goes; what is kept is not read again.
  await takeThumbs([photo(0, 1), photo(1)], signal)
  expect(asked).toHaveBeenCalledTimes(61)
  expect([await kept(0), await kept(0, 1), await kept(1), await kept(2)]).toEqual([
    ...[false, true, true, false],
  ])
  await openCurrent(ACCOUNTS[1] as string)
  expect(await kept(1)).toBe(false)
  await openCurrent(ACCOUNTS[0] as string)
  await dropThumbs()
  expect(await kept(1)).toBe(false)
})

it('goes on another time when the network is gone', async () => {
  vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('Failed to fetch')))
  await openCurrent(ACCOUNTS[1] as string)
  await takeThumbs([photo(5)], signal)
  expect(await kept(5)).toBe(false)
})
