/** A card's QR code opens `#/card/CODE`: the code is taken out of the address at once. */
import { reactive } from 'vue'

export const linked = reactive({ card: null as string | null })

export function cardIn(hash: string): string | null {
  return /^#\/card\/([A-Za-z0-9-]{1,40})$/.exec(hash)?.[1] ?? null
}

/** Takes the code so that it stays neither in the address bar nor in the history. */
export function takeCardLink(): void {
  const code = cardIn(window.location.hash)
  if (code === null) return
  linked.card = code
  window.history.replaceState(null, '', window.location.pathname)
}
