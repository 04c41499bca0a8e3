/** What waits on the phone until the server has it. */
import type { UploadIn } from '@/client'

/** Words of the catalogue, chosen when they are shown: the language may change meanwhile. */
export interface Label {
  key: string
  params: Record<string, string | number>
}

/** What it is about, so that a page can show what still waits for it. */
export interface Subject {
  caseId?: string
  shiftId?: string
}

export type Body = Record<string, unknown>

/** One command of the API, all of them POST. */
export interface NewOperation {
  /** UUIDv7; sent again under it the command has its effect once. */
  id: string
  path: string
  body: Body
  /** Operations and photos that have to arrive before it. */
  needs?: string[]
  label: Label
  subject?: Subject
}

/** A photo, or a voice note: what is sent in parts. */
export interface NewPhoto {
  id: string
  caseId: string
  role: UploadIn['role']
  /** Never a Blob: Safari loses those that lie in IndexedDB. */
  bytes: ArrayBuffer
  /** Of the bytes, hexadecimal. */
  sha256: string
  /** Of a voice note. */
  durationMs?: number | undefined
  needs: string[]
}

/** `sending` is set down before it leaves, so that what may have arrived is never "undone". */
export type ItemState = 'waiting' | 'sending' | 'conflict' | 'refused' | 'sent'

/** What the server said when it did not take something. */
export interface Refusal {
  code: string
  status: number
  params: Record<string, unknown>
  errors: { pointer: string; code: string; message: string }[]
  detail: string
}

interface Kept {
  id: string
  /** The order in which things were done. */
  order: number
  needs: string[]
  state: ItemState
  madeAt: number
  /** Milliseconds; not sent before, so that there is time to undo it. */
  notBefore: number
  /** How often it left the phone; 0 means that nobody has seen it. */
  tries: number
  triedAt: number | null
  sentAt: number | null
  problem: Refusal | null
}

export interface KeptOperation extends Kept {
  path: string
  body: Body
  label: Label
  subject: Subject
  /** What the server calls it: the number of a case. */
  number: string | null
}

export interface KeptPhoto extends Kept {
  caseId: string
  role: NewPhoto['role']
  sha256: string
  durationMs?: number | undefined
  sizeBytes: number
  sentBytes: number
  /** The operation that completes it, once that was tried: the same again tells what came of it. */
  completeId: string | null
}

export type Item =
  | ({ kind: 'operation'; blockedBy: string | null } & KeptOperation)
  | ({ kind: 'photo'; blockedBy: string | null } & KeptPhoto)
