/** How the outbox reaches the server; a test puts a server of its own in its place. */
import { ask, FROM_HERE, operation } from '@/api/ask'
import { ApiProblem, problemOf } from '@/api/problem'
import {
  beginPhotoUpload,
  completePhotoUpload,
  me,
  putPhotoPart,
  sync,
  type Upload,
} from '@/client'
import type { KeptOperation, KeptPhoto, Refusal } from './types'

export type Outcome = 'applied' | 'already' | 'conflict' | 'refused' | 'held' | 'later'

export interface Result {
  id: string
  outcome: Outcome
  status: number
  answer: unknown
  problem: Refusal | null
}

export type Sendable = Pick<KeptOperation, 'id' | 'path' | 'body' | 'needs'>
export type PhotoState = Pick<Upload, 'missing' | 'part_bytes'> & { done: boolean }

/** All of them throw an `ApiProblem`; a retryable one says that it may or may not have arrived. */
export interface Transport {
  /** The account that the server takes us for. */
  whoAmI(): Promise<string>
  sync(operations: readonly Sendable[]): Promise<Result[]>
  /** Begun before, it tells what is still missing. */
  beginPhoto(photo: KeptPhoto, operationId: string): Promise<PhotoState>
  putPart(photo: KeptPhoto, offset: number, part: ArrayBuffer, operationId: string): Promise<void>
  /** Returns only when the server has put it together and found its SHA-256 to be ours. */
  completePhoto(photo: KeptPhoto, operationId: string): Promise<void>
}

/** Somebody else signed in on this phone: nothing is wrong with what is sent. */
export const OTHER_ACCOUNT = 'other-account'

/**
 * Whether our server has refused it for good. A page that a proxy or the hotel's network puts in
 * its place has no code of ours: what was sent then waits for the server itself.
 */
export function isFinal(error: unknown): error is ApiProblem {
  if (!(error instanceof ApiProblem) || error.retryable) return false
  if (error.status < 400 || error.status === 401 || error.status === 408) return false
  if (error.code === OTHER_ACCOUNT) return false
  return error.status === 413 || !error.code.startsWith('http-')
}

export function refusalOf(problem: ApiProblem): Refusal {
  const { code, status, params, errors, message } = problem
  return { code, status, params, errors, detail: message }
}

export function problemFrom(told: Refusal): ApiProblem {
  return new ApiProblem(told.code, told.status, told.params, told.errors, told.detail)
}

function stateOf(upload: Upload): PhotoState {
  const { missing, part_bytes, photo, sound } = upload
  return { missing, part_bytes, done: photo !== null || sound !== null }
}

const pathOf = ({ caseId, id }: KeptPhoto) => ({ case_id: caseId, upload_id: id })

/** Over the network, in the name of one account: the server refuses another one's session. */
export function overNetwork(account: string): Transport {
  const command = (id: string) => ({ ...operation(id), 'X-Sanbai-Account': account })
  return {
    whoAmI: async () => (await ask(me())).account.id,

    sync: async (operations) => {
      const body = {
        operations: operations.map(({ id, path, body, needs }) => ({ id, path, body, needs })),
      }
      const headers = { ...FROM_HERE, 'X-Sanbai-Account': account }
      const { results } = await ask(sync({ body, headers }))
      return results.map(({ id, outcome, status, answer, problem }) => ({
        id,
        outcome,
        status,
        answer,
        problem: problem ? refusalOf(problemOf(status, problem)) : null,
      }))
    },

    beginPhoto: async (photo, operationId) => {
      const { id, role, sizeBytes, sha256, durationMs } = photo
      const body = { id, role, size_bytes: sizeBytes, sha256, duration_ms: durationMs ?? null }
      const path = { case_id: photo.caseId }
      return stateOf(await ask(beginPhotoUpload({ path, body, headers: command(operationId) })))
    },

    putPart: async (photo, offset, part, operationId) => {
      const path = { ...pathOf(photo), offset }
      const headers = command(operationId)
      await ask(putPhotoPart({ path, body: new Blob([part]), headers }))
    },

    completePhoto: async (photo, operationId) => {
      await ask(completePhotoUpload({ path: pathOf(photo), headers: command(operationId) }))
    },
  }
}
