/** All files that the page leads to, by their names: pieces, styles, workers, pictures. */
export function reachable(texts: ReadonlyMap<string, string>, from: string): string[] {
  const found = new Set([from])
  // A set takes in what is added while it is walked.
  for (const name of found) {
    const text = texts.get(name) ?? ''
    for (const other of texts.keys()) {
      const last = other.slice(other.lastIndexOf('/') + 1)
      if (!other.endsWith('.html') && text.includes(last)) found.add(other)
    }
  }
  found.delete(from)
  return [...found].sort()
}
