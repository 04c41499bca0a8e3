/** Which page the address names. */
import { shallowRef } from 'vue'
import { PAGES, type Page } from './pages'

export interface Route {
  page: Page
  props: Record<string, string>
}

export function routeOf(hash: string): Route {
  const path = hash.replace(/^#?\/?/, '').split('?')[0] ?? ''
  for (const page of PAGES) {
    const found = page.path.exec(path)
    if (found !== null) return { page, props: { ...found.groups } }
  }
  return { page: PAGES[0] as Page, props: {} }
}

export const route = shallowRef(routeOf(window.location.hash))
window.addEventListener('hashchange', () => {
  route.value = routeOf(window.location.hash)
})

/** Goes to a page: `go('case/…')`; with `replace` "back" does not come here again. */
export function go(path: string, { replace = false } = {}): void {
  if (!replace) {
    window.location.hash = `#/${path}`
    return
  }
  window.history.replaceState(null, '', `#/${path}`)
  route.value = routeOf(window.location.hash)
}
