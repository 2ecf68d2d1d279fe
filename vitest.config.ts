import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/redis-server.ts'],
    // A promise kept late is a promise broken, but machines are noisy: this bounds a hang, it measures nothing.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
