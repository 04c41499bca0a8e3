import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { packed } from './scripts/pack'

const server = process.env.SANBAI_DEV_SERVER ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [vue(), packed()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  worker: { format: 'es' },
  build: {
    outDir: '../api/webclient',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': server, '/tiles': server } },
  test: { environment: 'jsdom', include: ['tests/**/*.test.ts'] },
})
