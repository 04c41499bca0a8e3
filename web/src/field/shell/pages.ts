/** The pages of the field app; the first is where it opens. */
import { type Component, defineAsyncComponent } from 'vue'
import type { IconName } from '@/components/AppIcon.vue'

export interface Page {
  name: string
  /** What stands after `#/`; its groups are the page's props. */
  path: RegExp
  component: Component
  /** Its button in the bar, in the order of this list; `big`: the one that stands out. */
  bar?: { label: string; icon: IconName; big?: boolean }
}

export const PAGES: Page[] = [
  {
    name: 'queue',
    path: /^queue$/,
    component: defineAsyncComponent(() => import('../queue/QueuePage.vue')),
    bar: { label: 'field.bar.queue', icon: 'cases' },
  },
  {
    name: 'me',
    path: /^me$/,
    component: defineAsyncComponent(() => import('./MePage.vue')),
    bar: { label: 'field.bar.me', icon: 'user' },
  },
]
