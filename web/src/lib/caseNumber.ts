/** Cases are named by their numbers where people read them, and by their ids in the API. */
import { ask } from '@/api/ask'
import { cases } from '@/client'

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The id of the case with this very number (an id is one already), or null. */
export async function caseIdOf(number: string, signal?: AbortSignal): Promise<string | null> {
  if (ID.test(number)) return number.toLowerCase()
  if (number === '') return null
  const query = { q: number, limit: 20 }
  const found = await ask(cases(signal === undefined ? { query } : { query, signal }))
  return found.items.find((one) => one.number === number)?.id ?? null
}
