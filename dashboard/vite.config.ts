import { fileURLToPath } from 'node:url';
import { defaultClientConditions, defineConfig } from 'vite';

/** Where `npm start` serves: what the development server asks. */
const API = process.env['TIDEWIRE_API'] ?? 'http://127.0.0.1:4000';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The client package as it is written here: nothing has to be built before.
  resolve: { conditions: ['tidewire-source', ...defaultClientConditions] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // Browsers that choose between two colours by themselves: no older one is served a second set of them.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // Everything is a file of its own with a hash in its name: the policy of the page allows nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/graphql': { target: API, ws: true, changeOrigin: true } } },
});
