import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { fieldWorker } from './scripts/fieldWorker'
import { packed } from './scripts/pack'

const server = process.env.SANBAI_DEV_SERVER ?? 'http://127.0.0.1:8000'

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  plugins: [vue(), fieldWorker(), packed()],
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
  test: { environment: 'jsdom', include: ['tests/**/*.test.ts'] },
})
