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
    name: 'mine',
    path: /^$/,
    component: defineAsyncComponent(() => import('../mine/MinePage.vue')),
    bar: { label: 'fieldWork.bar.mine', icon: 'pin' },
  },
  {
    name: 'case',
    path: /^case\/(?<id>[0-9a-f-]{36})$/,
    component: defineAsyncComponent(() => import('../mine/FieldCase.vue')),
  },
  {
    name: 'duty',
    path: /^duty$/,
    component: defineAsyncComponent(() => import('../duty/DutyPage.vue')),
    bar: { label: 'fieldWork.bar.duty', icon: 'patrols' },
  },
  {
    name: 'dutyDetail',
    path: /^duty\/(?<id>[0-9a-f-]{36})$/,
    component: defineAsyncComponent(() => import('../duty/DutyDetail.vue')),
  },
  {
    name: 'checkpoint',
    path: /^checkpoint\/(?<code>[^/]+)$/,
    component: defineAsyncComponent(() => import('../duty/CheckpointPage.vue')),
  },
  {
    name: 'report',
    path: /^report$/,
    component: defineAsyncComponent(() => import('../report/ReportPage.vue')),
    bar: { label: 'fieldWork.bar.report', icon: 'camera', big: true },
  },
  {
    name: 'queue',
    path: /^queue$/,
    component: defineAsyncComponent(() => import('../queue/QueuePage.vue')),
    bar: { label: 'field.bar.queue', icon: 'cases' },
  },
  {
    name: 'hand-in',
    path: /^hand-in$/,
    component: defineAsyncComponent(() => import('../queue/HandIn.vue')),
  },
  {
    name: 'me',
    path: /^me$/,
    component: defineAsyncComponent(() => import('./MePage.vue')),
    bar: { label: 'field.bar.me', icon: 'user' },
  },
]
