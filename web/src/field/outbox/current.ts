/** The database of whoever works with the app now; another account has another one. */
import { deleteDB } from 'idb'
import { databaseOf, openStore, type Store } from './store'

let store: Store | null = null
let account: string | null = null

/** Opens the database of an account in place of the one before. */
export async function openCurrent(accountId: string): Promise<Store> {
  if (store !== null && account === accountId) return store
  closeCurrent()
  const opened = await openStore(accountId)
  store = opened
  account = accountId
  return opened
}

export function closeCurrent(): void {
  store?.close()
  store = null
  account = null
}

/** The open database; the app shows no page before it is open. */
export function current(): Store {
  if (store === null) throw new Error('no account is open on this phone')
  return store
}

export function isOpen(one: Store): boolean {
  return store === one
}

export function currentAccount(): string {
  if (account === null) throw new Error('no account is open on this phone')
  return account
}

/** Deletes all that the phone keeps for an account. */
export async function eraseAccount(accountId: string): Promise<void> {
  if (account === accountId) closeCurrent()
  await deleteDB(databaseOf(accountId))
}
