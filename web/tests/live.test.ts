import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { casePoints, forgetCasePoints, pointsHeld, showCasePoints } from '@/state/casePoints'
import { waitMs } from '@/state/live'
import { freshness, renewed, startStatus, statuses, stopStatus } from '@/state/status'

/** A stream that the test speaks for. */
class FakeSource {
  static all: FakeSource[] = []
  readonly listeners = new Map<string, (event: MessageEvent<string>) => void>()
  onerror: (() => void) | null = null
  closed = false

  constructor(readonly url: string) {
    FakeSource.all.push(this)
  }
  addEventListener(name: string, listener: (event: MessageEvent<string>) => void): void {
    this.listeners.set(name, listener)
  }
  close(): void {
    this.closed = true
  }
  tell(name: string, data: unknown, lastEventId = ''): void {
    this.listeners.get(name)?.({ data: JSON.stringify(data), lastEventId } as MessageEvent<string>)
  }
  get since(): string | null {
    return new URL(this.url, 'http://x').searchParams.get('since')
  }
}

const zeros = (ids: number[]) => ids.map(() => 0)
function columns(ids: number[], open: number[]) {
  return {
    grid_id: ids,
    open,
    overdue: zeros(ids),
    handled: zeros(ids),
    closed: zeros(ids),
    patrols_30d: zeros(ids),
    patrol_seconds_30d: zeros(ids),
    patrol_metres_30d: zeros(ids),
    last_patrol_at: ids.map(() => null),
    households: zeros(ids),
  }
}
function cases(ids: string[], state = 'reported', gone: string[] = []) {
  return {
    id: ids,
    lon: ids.map(() => 118),
    lat: ids.map(() => 36),
    state: ids.map(() => state),
    severity: ids.map(() => 'red'),
    overdue: zeros(ids.map(() => 0)),
    category_id: ids.map(() => 1),
    gone,
  }
}

let asked: string[] = []
let answers: (url: URL) => unknown = () => ({})
const source = () => FakeSource.all.at(-1) as FakeSource
const drawn = () => pointsHeld().map(({ id, state }) => `${id} ${state}`)

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0)
  FakeSource.all = []
  asked = []
  answers = (url) =>
    url.pathname.endsWith('/points')
      ? { count: 1, truncated: false, ...cases(['a']) }
      : { cursor: 'era.5', full: true, as_of: '2026-11-22T00:00:00Z', ...columns([1, 2], [5, 6]) }
  vi.stubGlobal('EventSource', FakeSource)
  vi.stubGlobal('fetch', async (request: Request) => {
    const url = new URL(request.url)
    asked.push(url.pathname + url.search)
    const body = answers(url)
    if (body === null) throw new TypeError('failed')
    return new Response(JSON.stringify(body), {
      headers: { 'Content-Type': 'application/json' },
    })
  })
})

afterEach(() => {
  stopStatus()
  forgetCasePoints()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

async function begin(): Promise<void> {
  startStatus()
  await vi.advanceTimersByTimeAsync(0)
}

function hide(hidden: boolean): void {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden)
  document.dispatchEvent(new Event('visibilitychange'))
}

describe('the stream', () => {
  it('begins where the status that was loaded ends', async () => {
    await begin()
    expect(asked).toEqual(['/api/v1/grid-status'])
    expect(source().since).toBe('era.5')
    expect(freshness.mode).toBe('waiting')
    source().tell('layers', { day: '2026-11-22', versions: { grids: 1 } })
    source().tell('told', {}, 'era.6')
    expect(freshness.mode).toBe('live')
  })

  it('renews the grids that it names and asks for nothing', async () => {
    await begin()
    source().tell('status', columns([2], [9]))
    expect(statuses.value.get(2)?.open).toBe(9)
    expect(statuses.value.get(1)?.open).toBe(5)
    expect(renewed.value).toEqual([2])
    expect(asked).toHaveLength(1)
  })

  it('lets lists look again after a while, once for many changes', async () => {
    await begin()
    const version = freshness.version
    for (const open of [1, 2, 3]) source().tell('status', columns([2], [open]))
    expect(freshness.version).toBe(version)
    await vi.advanceTimersByTimeAsync(9_000)
    expect(freshness.version).toBe(version + 1)
  })

  it('goes on after a break where it was broken off', async () => {
    await begin()
    source().tell('told', {}, 'era.8')
    const broken = source()
    broken.onerror?.()
    expect(broken.closed).toBe(true)
    expect(freshness.mode).toBe('polling')
    answers = () => ({
      cursor: 'era.9',
      full: false,
      as_of: '2026-11-22T00:00:00Z',
      ...columns([1], [7]),
    })
    await vi.advanceTimersByTimeAsync(1_000)
    // Asked for meanwhile, in case that the stream does not come back.
    expect(asked.at(-1)).toBe('/api/v1/grid-status?since=era.5')
    expect(statuses.value.get(1)?.open).toBe(7)
    // What that answer does not hold, such as cases, is still to be told.
    expect(source()).not.toBe(broken)
    expect(source().since).toBe('era.8')
  })

  it('is given up when it falls silent', async () => {
    await begin()
    source().tell('beat', {}, 'era.6')
    await vi.advanceTimersByTimeAsync(39_000)
    expect(freshness.mode).toBe('live')
    await vi.advanceTimersByTimeAsync(1_500)
    expect(FakeSource.all[0]?.closed).toBe(true)
  })

  it('is tried again and again while the server is away, less and less often', async () => {
    await begin()
    answers = () => null
    source().onerror?.()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(freshness.mode).toBe('offline')
    expect(FakeSource.all).toHaveLength(1)
    expect(asked.length).toBeLessThan(20)
    answers = () => ({
      cursor: 'era.7',
      full: true,
      as_of: '2026-11-22T00:00:00Z',
      ...columns([1], [7]),
    })
    await vi.advanceTimersByTimeAsync(20_000)
    source().tell('told', {}, 'era.7')
    expect(freshness.mode).toBe('live')
    expect(freshness.problem).toBeNull()
  })

  it('is not held by a hidden page, which catches up when it is shown', async () => {
    await begin()
    source().tell('told', {}, 'era.6')
    hide(true)
    expect(source().closed).toBe(true)
    await vi.advanceTimersByTimeAsync(300_000)
    expect(asked).toHaveLength(1)
    hide(false)
    await vi.advanceTimersByTimeAsync(0)
    expect(FakeSource.all).toHaveLength(2)
    expect(source().since).toBe('era.6')
  })

  it('is left when the network goes and opened when it comes back', async () => {
    await begin()
    source().tell('told', {}, 'era.6')
    answers = () => null
    window.dispatchEvent(new Event('offline'))
    expect(source().closed).toBe(true)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(freshness.mode).toBe('offline')
    answers = () => ({ cursor: 'era.7', full: false, as_of: '', ...columns([], []) })
    window.dispatchEvent(new Event('online'))
    await vi.advanceTimersByTimeAsync(0)
    expect(source().closed).toBe(false)
    expect(source().since).toBe('era.6')
  })

  it('has everything loaded anew when there is too much to tell', async () => {
    await begin()
    const { loaded } = freshness
    source().tell('reload', { what: ['status'] })
    await vi.advanceTimersByTimeAsync(2_500)
    expect(asked.at(-1)).toBe('/api/v1/grid-status')
    expect(freshness.loaded).toBe(loaded + 1)
    expect(source().closed).toBe(false)
  })

  it('tells when map layers have changed, not when it comes back', async () => {
    await begin()
    const { layers } = freshness
    source().tell('layers', { day: '2026-11-22', versions: { grids: 1 } })
    source().tell('layers', { day: '2026-11-22', versions: { grids: 1 } })
    expect(freshness.layers).toBe(layers)
    source().tell('layers', { day: '2026-11-22', versions: { grids: 2 } })
    source().tell('layers', { day: '2026-11-23', versions: { grids: 2 } })
    expect(freshness.layers).toBe(layers + 2)
  })

  it('forgets what was known when rights have changed', async () => {
    await begin()
    source().tell('told', {}, 'era.6')
    source().tell('end', { reason: 'rights' })
    await vi.advanceTimersByTimeAsync(0)
    expect(asked.slice(1)).toEqual(['/api/v1/session', '/api/v1/grid-status'])
    expect(source().since).toBe('era.5')
  })
})

describe('points of cases', () => {
  it('are loaded once and kept by what the stream tells', async () => {
    await begin()
    source().tell('told', {}, 'era.6')
    await showCasePoints('open')
    source().tell('cases', cases(['b']))
    source().tell('cases', cases(['a'], 'closed'))
    const { version } = casePoints
    await vi.advanceTimersByTimeAsync(1_000)
    expect(casePoints.version).toBe(version + 1)
    expect(drawn()).toEqual(['b reported'])
    source().tell('cases', cases([], '', ['b']))
    expect(drawn()).toEqual([])
    await showCasePoints('open')
    expect(asked.filter((url) => url.includes('points'))).toHaveLength(1)
  })

  it('told while they are loading come after what was loaded', async () => {
    await begin()
    source().tell('told', {}, 'era.6')
    const loading = showCasePoints('all')
    source().tell('cases', cases(['a'], 'closed'))
    await loading
    expect(drawn()).toEqual(['a closed'])
  })

  it('are asked for each time while there is no stream', async () => {
    await begin()
    source().onerror?.()
    await showCasePoints('open')
    await showCasePoints('open')
    expect(asked.filter((url) => url.includes('points'))).toHaveLength(2)
  })
})

describe('waiting', () => {
  it('grows to a bound and differs from one client to the next', () => {
    expect(waitMs(0, 1)).toBe(1_000)
    expect(waitMs(3, 1)).toBe(8_000)
    expect(waitMs(60, 1)).toBe(20_000)
    expect(waitMs(3, 0)).toBe(4_000)
  })
})
