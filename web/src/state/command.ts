/** Sends a command once, however often the button is pressed, and lets a failed one be repeated. */
import { reactive } from 'vue'
import { ApiProblem } from '@/api/problem'
import { uuid7 } from '@/lib/uuid7'

export interface Command<B> {
  busy: boolean
  problem: ApiProblem | null
  send: (body: B) => Promise<boolean>
  reset: () => void
}

/**
 * Wraps one kind of command. While it is under way further presses do nothing; after a failure
 * the same body is sent again under the same operation id, so that the server carries it out
 * once even when only its answer was lost.
 */
export function useCommand<B>(run: (body: B, operationId: string) => Promise<void>): Command<B> {
  let operationId = ''
  let sentBody = ''
  const command = reactive({
    busy: false,
    problem: null as ApiProblem | null,
    send: async (body: B): Promise<boolean> => {
      if (command.busy) return false
      const text = JSON.stringify(body)
      if (operationId === '' || text !== sentBody) operationId = uuid7()
      sentBody = text
      command.busy = true
      command.problem = null
      try {
        await run(body, operationId)
        operationId = ''
        return true
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error
        // A refusal is an answer: mended input is a new operation. Only lost ones are repeated.
        if (!error.retryable) operationId = ''
        command.problem = error
        return false
      } finally {
        command.busy = false
      }
    },
    reset: () => {
      command.problem = null
      operationId = ''
    },
  })
  return command as Command<B>
}
