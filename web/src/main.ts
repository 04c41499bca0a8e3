import { createApp } from 'vue'
import App from './App.vue'
import { bringWords, i18n, language } from './i18n'
import { sayNothingCame } from './lib/pieces'
import { takeCardLink } from './state/cardLink'
import { FIELD, leadsToField } from './state/fieldOffer'
import { bindAddressBar } from './state/url'
import './styles/base.css'
import './styles/layout.css'
import './styles/panels.css'
import './styles/map.css'
import './styles/planner.css'
import './styles/editor.css'
import './styles/planFiles.css'
import './styles/report.css'
import './styles/admin.css'
import './styles/people.css'
import './styles/lists.css'
import './styles/photos.css'
import './styles/duty.css'
import './styles/case.css'
import './styles/casePhotos.css'
import './styles/reportForm.css'
import './styles/messages.css'
import './styles/account.css'
import './styles/work.css'
import './styles/workDialogs.css'
import './styles/workNarrow.css'
import './styles/board.css'
import './styles/notices.css'
import './styles/print.css'

// A phone on which the officer's app was chosen: before the address says more than nothing.
if (leadsToField(window.location)) window.location.replace(FIELD)
document.documentElement.lang = language()
// Before the address bar is kept equal to the view: a card's code does not stay there.
takeCardLink()
window.addEventListener('hashchange', takeCardLink)
bindAddressBar()

const WORDS = {
  'zh-CN': async () => (await import('./i18n/zh-CN')).zhCN,
  en: async () => (await import('./i18n/en')).en,
}

bringWords(async (chosen) => [await WORDS[chosen]()]).then(
  () => createApp(App).use(i18n).mount('#app'),
  sayNothingCame,
)
