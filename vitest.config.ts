import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // Vite would take graphql's ES modules for our files while packages load its CommonJS ones: two copies of every
    // class, and "Cannot use GraphQLObjectType from another module or realm". Node itself gives everybody this file.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/redis-server.ts', 'test/support/postgres-server.ts', 'test/support/dashboard.ts'],
    // A promise kept late is a promise broken, but machines are noisy: this bounds a hang, it measures nothing.
    testTimeout: 120_000,
    // Most of a run is waiting for sockets and servers: left alone, two cores would run one file at a time.
    maxWorkers: 2,
    // A third of a run was reading the same modules again for every file. No test keeps anything in them: each makes its own.
    isolate: false,
    hookTimeout: 120_000,
  },
});
