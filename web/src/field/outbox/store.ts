/** The database of one account on this phone: what waits to be sent, and what is known. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import { isRef, toRaw, unref } from 'vue'
import { ApiProblem } from '@/api/problem'
import type { KeptOperation, KeptPhoto } from './types'

export interface Remembered {
  value: unknown
  at: number
}

interface FieldSchema extends DBSchema {
  operations: { key: string; value: KeptOperation; indexes: { order: number } }
  photos: { key: string; value: KeptPhoto; indexes: { order: number } }
  /** Bytes of photos lie apart: a list of photos does not read them. */
  bytes: { key: string; value: ArrayBuffer }
  known: { key: string; value: Remembered }
}

export type Store = IDBPDatabase<FieldSchema>
export const ALL = ['operations', 'photos', 'bytes'] as const

export function databaseOf(accountId: string): string {
  return `sanbai-field-${accountId}`
}

/** Opens the account's database; a newer version of the app in another tab takes it over. */
export async function openStore(accountId: string): Promise<Store> {
  return told(
    openDB<FieldSchema>(databaseOf(accountId), 1, {
      upgrade(db) {
        db.createObjectStore('operations', { keyPath: 'id' }).createIndex('order', 'order')
        db.createObjectStore('photos', { keyPath: 'id' }).createIndex('order', 'order')
        db.createObjectStore('bytes')
        db.createObjectStore('known')
      },
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    }),
  )
}

const STORAGE_FULL = 507

/** Failures of the phone's storage as problems that have words. */
export async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
    if (error.name === 'QuotaExceededError') throw new ApiProblem('storage-full', STORAGE_FULL)
    if (error.name === 'InvalidStateError' || error.name === 'UnknownError') {
      throw new ApiProblem('storage-unavailable', STORAGE_FULL)
    }
    throw error
  }
}

/** A copy without Vue's proxies, which a database cannot take. */
export function plain<T>(value: T): T {
  const raw: unknown = isRef(value) ? unref(value) : toRaw(value)
  if (Array.isArray(raw)) return raw.map(plain) as T
  if (raw === null || typeof raw !== 'object') return raw as T
  if (Object.getPrototypeOf(raw) !== Object.prototype) return raw as T
  return Object.fromEntries(Object.entries(raw).map(([key, one]) => [key, plain(one)])) as T
}
