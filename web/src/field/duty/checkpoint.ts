/** The code of a checkpoint, out of what its QR code says or somebody types. */

/** A link `…/field/#/checkpoint/<code>` or the code itself; null: neither. */
export function codeIn(text: string): string | null {
  const linked = /#\/checkpoint\/([^/?#]+)/.exec(text)?.[1]
  const code = linked === undefined ? text.trim() : decodeURIComponent(linked)
  return /^[\w-]{1,64}$/.test(code) ? code : null
}
