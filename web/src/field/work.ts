/** What goes on whichever page is on show: the duty that runs, and what is taken along. */
import { leaveDuty, resumeDuty } from './duty/recorder'
import { stopTaking, takeAlong } from './mine/takeAlong'

const online = () => void takeAlong()

/** Once the database of an account is open. */
export function startWork(): void {
  window.addEventListener('online', online)
  void resumeDuty()
  void takeAlong()
}

/** Before another account's is. */
export function endWork(): void {
  window.removeEventListener('online', online)
  leaveDuty()
  stopTaking()
}
