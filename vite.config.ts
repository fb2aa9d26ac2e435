/**
 * Builds the console (src/web) into dist/web, which the server hands out; in development its requests
 * go on to a server on this machine. Nothing is inlined, so that a strict Content-Security-Policy holds.
 */
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const server = process.env.WANGGE_SERVER ?? 'http://127.0.0.1:8080'

export default defineConfig({
  root: 'src/web',
  base: './',
  plugins: [vue()],
  define: {
    __VUE_OPTIONS_API__: true, // Element Plus has a few components that need it
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: false,
    __VUE_I18N_LEGACY_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  server: { proxy: { '/api': server, '/tiles': server, '/readyz': server, '/api-docs': server } },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'ol', test: /node_modules[\\/](ol|rbush|quickselect|pbf|earcut)[\\/]/ },
            {
              name: 'element',
              test: /node_modules[\\/](element-plus|@element-plus|@popperjs|@floating-ui|async-validator|lodash)/,
            },
            { name: 'vue', test: /node_modules[\\/](vue|@vue|vue-router|vue-i18n|@intlify)[\\/]/ },
          ],
        },
      },
    },
  },
})
