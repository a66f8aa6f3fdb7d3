import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { scaleText } from './scripts/scale'

// `npm run dev` serves the sources and passes everything else on to a running `quancheng dev`.
const server = process.env.QC_SERVER ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [vue()],
  css: { postcss: { plugins: [scaleText()] } },
  define: { __VUE_OPTIONS_API__: false, __VUE_I18N_LEGACY_API__: false, __INTLIFY_DROP_MESSAGE_COMPILER__: false },
  resolve: { alias: { '@': new URL('src', import.meta.url).pathname } },
  build: { target: 'es2022', manifest: true, chunkSizeWarningLimit: 700, modulePreload: { polyfill: false } },
  server: { proxy: Object.fromEntries(['/api', '/fake'].map((path) => [path, { target: server, changeOrigin: false }])) },
  test: { environment: 'happy-dom', include: ['tests/**/*.test.ts'], restoreMocks: true },
})
