/** Sign-in cards for people who are marked in a list: made, and opened as a sheet to print. */
import { ask, FROM_HERE, operation } from '@/api/ask'
import { makeCards, printCards } from '@/client'
import { language } from '@/i18n'

/**
 * Makes a card for each account and gives the sheet as a PDF. A card that somebody has is good no
 * more. Sixty at most at once. To be called with the operation id of a command (`useCommand`).
 */
export async function cardSheet(accountIds: string[], operationId: string): Promise<Blob> {
  const headers = operation(operationId)
  const { cards } = await ask(makeCards({ body: { account_ids: accountIds }, headers }))
  const codes = cards.map(({ code }) => code).filter((code) => code !== null)
  const sheet = await ask(
    printCards({
      body: { codes, language: language() === 'en' ? 'en' : 'zh' },
      headers: FROM_HERE,
      parseAs: 'blob',
    }),
  )
  return sheet as Blob
}
