import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiProblem, offline } from '@/api/problem'
import { MOVED_ON, openLine } from '@/planner/sending'

const KEY = 'test.line'
beforeEach(() => {
  sessionStorage.clear()
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

type Attempt = { body: unknown; id: string }

/** A line whose server answers as told, and all that was sent over it. */
function lineTo(...answers: (string | ApiProblem)[]) {
  const sent: Attempt[] = []
  const done: string[] = []
  const refused: string[] = []
  let made = 0
  const sending = openLine<string, string>(KEY, {
    body: (what) => ({ what, made: ++made }),
    post: async (_what, body, id) => {
      sent.push({ body, id })
      const answer = answers.shift() ?? 'done'
      if (answer instanceof ApiProblem) throw answer
      return answer
    },
    done: (_answer, what) => done.push(what),
    refused: (problem) => refused.push(problem.code),
    late: (problem) => refused.push(problem.code),
  })
  return { sending, sent, done, refused }
}
const settled = () => vi.advanceTimersByTimeAsync(0)

describe('edits on their way', () => {
  it('go one after the other', async () => {
    const { sending, sent, done } = lineTo()
    sending.send('first')
    sending.send('second')
    await settled()
    expect(done).toEqual(['first', 'second'])
    expect(sent[0]?.id).not.toBe(sent[1]?.id)
    expect(sending.line.state).toBe('idle')
  })

  it('wait for the network and are then sent again as they were', async () => {
    const { sending, sent, done } = lineTo(offline(), new ApiProblem('database-unavailable', 503))
    sending.send('split')
    await settled()
    expect(sending.line.state).toBe('waiting')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(sent).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(4_000)
    expect(done).toEqual(['split'])
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1)
    expect(sent[2]?.body).toEqual(sent[0]?.body)
  })

  it('go at once when the network is back', async () => {
    const { sending, done } = lineTo(offline())
    sending.send('split')
    await settled()
    window.dispatchEvent(new Event('online'))
    await settled()
    expect(done).toEqual(['split'])
  })

  it('outlive a reload of the page', async () => {
    const before = lineTo(offline())
    before.sending.send('split')
    await settled()
    before.sending.close()
    const after = lineTo()
    void after.sending.run()
    await settled()
    expect(after.sent).toEqual(before.sent)
    expect(after.done).toEqual(['split'])
    expect(sessionStorage.getItem(KEY)).toBeNull()
  })

  it('stop when another was faster, until the planner has chosen', async () => {
    const { sending, sent, done } = lineTo(new ApiProblem(MOVED_ON, 409))
    sending.send('split')
    sending.send('merge')
    await settled()
    expect(sending.line.state).toBe('late')
    expect(sent).toHaveLength(1)
    sending.again()
    await settled()
    expect(done).toEqual(['split', 'merge'])
    expect(sent[1]?.id).not.toBe(sent[0]?.id)
    expect(sent[1]?.body).toEqual({ what: 'split', made: 2 })
  })

  it('are given up where the server refuses or the planner drops them', async () => {
    const { sending, done, refused } = lineTo(
      new ApiProblem('edit-refused', 422),
      new ApiProblem(MOVED_ON, 409),
    )
    sending.send('bad')
    sending.send('late')
    sending.send('good')
    await settled()
    expect(refused).toEqual(['edit-refused', MOVED_ON])
    sending.drop()
    await settled()
    expect(done).toEqual(['good'])
    expect(sending.line.orders).toEqual([])
  })
})
