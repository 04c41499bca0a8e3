/** Pieces of the app that are fetched when they are first needed. */
import { type AsyncComponentLoader, type Component, defineAsyncComponent } from 'vue'
import PieceMissing from '@/components/PieceMissing.vue'
import PieceWaiting from '@/components/PieceWaiting.vue'

/** Shorter than this nobody sees that something was fetched. */
const SOON_MS = 200

/** A page or panel fetched when it is first shown; says so while it waits, and when it fails. */
export function piece(loader: AsyncComponentLoader): Component {
  return defineAsyncComponent({
    loader,
    loadingComponent: PieceWaiting,
    errorComponent: PieceMissing,
    delay: SOON_MS,
  })
}

/** What stands on the page when not even its words came; in both languages. */
export function sayNothingCame(): void {
  const text = document.createElement('p')
  text.className = 'whole-page'
  text.setAttribute('role', 'alert')
  text.textContent = '页面没有载入完整。The page did not load completely. '
  const again = document.createElement('button')
  again.className = 'button is-primary'
  again.textContent = '刷新 Reload'
  again.addEventListener('click', () => window.location.reload())
  text.append(again)
  document.querySelector('#app')?.replaceChildren(text)
}
