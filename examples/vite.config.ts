import { defineConfig } from 'vite';

export default defineConfig({
  resolve: { conditions: ['tidewire-source', 'module', 'browser', 'development|production'] },
});
