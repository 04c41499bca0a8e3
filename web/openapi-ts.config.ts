import { defineConfig } from '@hey-api/openapi-ts'

// `scripts/client.mjs` says where the API's description is and where the client goes.
export default defineConfig({
  input: process.env.SANBAI_OPENAPI ?? 'openapi.json',
  output: { path: process.env.SANBAI_CLIENT ?? 'src/client', clean: true },
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
})
