/** The officer's app: opens from what the phone keeps, with or without a network. */
import { createApp } from 'vue'
import { bringWords, i18n, language } from '@/i18n'
import { sayNothingCame } from '@/lib/pieces'
import { takeCardLink } from '@/state/cardLink'
import FieldApp from './FieldApp.vue'
import { startWorker } from './shell/update'
import { fieldWords } from './words'
import '@/styles/base.css'
import '@/styles/layout.css'
import '@/styles/panels.css'
import '@/styles/account.css'
import './field.css'

document.documentElement.lang = language()
takeCardLink()
window.addEventListener('hashchange', takeCardLink)
bringWords(fieldWords).then(() => createApp(FieldApp).use(i18n).mount('#app'), sayNothingCame)
void startWorker()
