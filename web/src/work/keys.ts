/** Keys of a page: only where nothing is being written and no dialog is open. */
import { onBeforeUnmount, onMounted } from 'vue'

export type Keys = Record<string, (event: KeyboardEvent) => unknown>

/** The name under which a key is looked for: letters whatever the shift key does. */
export function nameOf(key: string): string {
  return key.length === 1 ? key.toLowerCase() : key
}

export function useKeys(keys: Keys): void {
  function onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    if (document.querySelector('dialog[open]') !== null) return
    if (target.closest('textarea, select, input:not([type="checkbox"]), .side-panel, .search'))
      return
    const act = keys[nameOf(event.key)]
    if (act === undefined) return
    event.preventDefault()
    act(event)
  }
  onMounted(() => document.addEventListener('keydown', onKey))
  onBeforeUnmount(() => document.removeEventListener('keydown', onKey))
}
