/** A server in memory that answers as ours does, and fails as it is told. */
import { ApiProblem, offline } from '@/api/problem'
import { sha256Hex } from '@/field/outbox/sha256'
import type { PhotoState, Result, Sendable, Transport } from '@/field/outbox/transport'
import type { Body, KeptPhoto, NewOperation, NewPhoto } from '@/field/outbox/types'
import { uuid7 } from '@/lib/uuid7'

export const ACCOUNT = '019abcde-0000-7000-8000-00000000000a'
const PART_BYTES = 256 * 1024

/** The tab is gone: nothing after this runs. */
export class Killed extends Error {}

export function report(description = '路面破损'): NewOperation {
  const body = { id: uuid7(), description }
  const label = { key: 'report.title', params: {} }
  return { id: uuid7(), path: '/api/v1/cases', body, label, subject: { caseId: body.id } }
}

export async function photoOf(one: NewOperation, size: number): Promise<NewPhoto> {
  const bytes = new Uint8Array(size).map((_, i) => (i * 7 + size) % 251).buffer
  const caseId = String(one.body.id)
  const sha256 = await sha256Hex(bytes)
  return { id: uuid7(), caseId, role: 'before', bytes, sha256, needs: [one.id] }
}

interface Trouble {
  before?: Error
  after?: Error
}

interface Upload {
  sha256: string
  size: number
  parts: Map<number, ArrayBuffer>
  done: boolean
}

export class FakeServer implements Transport {
  account = ACCOUNT
  calls: string[] = []
  cases = new Map<string, Body>()
  photos = new Map<string, string>()
  /** How long voice notes are. */
  lengths = new Map<string, number>()
  doubled = 0
  poison = ''
  loseAnswer = 0
  /** What a killed tab leaves behind: a database that nobody has open. */
  kill: () => void = () => undefined
  killed = false
  refusals = new Map<string, { code: string; status: number }>()
  trouble: () => Trouble = () => ({})
  private done = new Map<string, unknown>()
  private uploads = new Map<string, Upload>()
  private failing: { call: string; error: Error; after: number }[] = []

  refuse(id: string, code: string, status: number): void {
    this.refusals.set(id, { code, status })
  }

  failNext(call: string, error: Error, after = 0): void {
    this.failing.push({ call, error, after })
  }

  private async answer<T>(call: string, work: () => T | Promise<T>): Promise<T> {
    this.calls.push(call)
    const next = this.failing.find((one) => one.call === call)
    if (next !== undefined && next.after-- === 0) {
      this.failing.splice(this.failing.indexOf(next), 1)
      throw next.error
    }
    const { before, after } = this.trouble()
    if (before) throw this.die(before)
    const answer = await work()
    if (after) throw this.die(after)
    return answer
  }

  private die(error: Error): Error {
    if (error instanceof Killed) {
      this.killed = true
      this.kill()
    }
    return error
  }

  whoAmI = () => this.answer('whoAmI', () => this.account)

  sync = (operations: readonly Sendable[]) =>
    this.answer('sync', () => {
      if (operations.some(({ id }) => id === this.poison)) throw new ApiProblem('invalid', 422)
      const results = this.carryOut(operations)
      if (this.loseAnswer-- > 0) throw offline()
      return results
    })

  private carryOut(operations: readonly Sendable[]): Result[] {
    const failed = new Set<string>()
    return operations.map(({ id, body, needs }) => {
      const refusal = this.refusals.get(id)
      const result = (outcome: Result['outcome'], status: number, told = refusal) => ({
        id,
        outcome,
        status,
        answer: this.done.get(id) ?? null,
        problem: told ? { ...told, params: {}, errors: [], detail: '' } : null,
      })
      if (this.done.has(id)) return result('already', 201)
      if (needs.some((need) => failed.has(need))) {
        failed.add(id)
        return result('held', 424, { code: 'needs-not-done', status: 424 })
      }
      if (refusal !== undefined) {
        failed.add(id)
        const { status } = refusal
        if (status >= 500) return result('later', status)
        return result(status === 409 ? 'conflict' : 'refused', status)
      }
      const key = String(body.id)
      if (this.cases.has(key)) this.doubled += 1
      this.cases.set(key, body)
      this.done.set(id, { number: `C-${this.cases.size}` })
      return result('applied', 201)
    })
  }

  beginPhoto = ({ id, caseId, sha256, sizeBytes, durationMs }: KeptPhoto) =>
    this.answer('beginPhoto', () => {
      if (!this.cases.has(caseId)) throw new ApiProblem('not-found', 404)
      if (durationMs !== undefined) this.lengths.set(id, durationMs)
      const upload = { sha256, size: sizeBytes, parts: new Map(), done: false }
      this.uploads.set(id, this.uploads.get(id) ?? upload)
      return this.stateOf(this.uploads.get(id) ?? upload)
    })

  putPart = ({ id }: KeptPhoto, offset: number, part: ArrayBuffer) =>
    this.answer('putPart', () => {
      this.uploads.get(id)?.parts.set(offset, part)
    })

  completePhoto = ({ id }: KeptPhoto, operationId: string) =>
    this.answer('completePhoto', async () => {
      if (this.done.has(operationId)) return
      const upload = this.uploads.get(id)
      if (upload === undefined) throw new ApiProblem('not-found', 404)
      if (upload.done) return
      const { missing } = this.stateOf(upload)
      if (missing.length > 0) throw new ApiProblem('incomplete', 409)
      const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, part]) => part)
      const whole = await new Blob(parts).arrayBuffer()
      if ((await sha256Hex(whole)) !== upload.sha256) throw new ApiProblem('differs', 409)
      if (this.photos.has(id)) this.doubled += 1
      this.photos.set(id, upload.sha256)
      this.done.set(operationId, {})
      // A day later the upload is forgotten, though its photo is there.
      if (this.forgetful) this.uploads.delete(id)
      else upload.done = true
    })

  forgetful = false

  private stateOf({ size, parts, done }: Upload): PhotoState {
    const missing = []
    for (let from = 0; from < size && !done; from += PART_BYTES) {
      if (!parts.has(from)) missing.push(from)
    }
    return { missing, part_bytes: PART_BYTES, done }
  }
}
