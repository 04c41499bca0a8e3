import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { fieldWorker } from './scripts/fieldWorker'
import { packed } from './scripts/pack'
import { weighed } from './scripts/weigh'

const server = process.env.SANBAI_DEV_SERVER ?? 'http://127.0.0.1:8000'

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Kilobytes by gzip, words of one language and the first place with it; the map comes later. */
const WEIGHTS = [
  {
    page: '/field/',
    begins: ['/field/index.html', 'field/words.zh-CN.ts', 'field/mine/MinePage.vue'],
    limitKb: 120,
  },
  {
    page: '/',
    begins: ['web/index.html', 'i18n/zh-CN.ts', 'components/WorkPlace.vue'],
    limitKb: 270,
  },
]

export default defineConfig({
  plugins: [vue(), weighed(WEIGHTS), fieldWorker(), packed()],
  resolve: { alias: { '@': file('./src') } },
  worker: { format: 'es' },
  build: {
    outDir: '../api/webclient',
    emptyOutDir: true,
    rolldownOptions: {
      // The desk's client, and the officer's app, which a phone loads without the desk's.
      input: { index: file('./index.html'), field: file('./field/index.html') },
    },
    target: 'es2022',
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': server, '/tiles': server } },
  test: { environment: 'jsdom', include: ['tests/**/*.test.ts'], setupFiles: ['tests/words.ts'] },
})
