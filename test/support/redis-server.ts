import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { findRedisRuntime, installRedisRuntime, type RedisRuntime, runRedis } from './redis-runtime.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A real Redis for the whole run. Tests share it: each keeps to a key prefix of its own and never flushes. */
    redisUrl: string;
    /** How a test can run a server of its own to break; null where only the one at `TEST_REDIS_URL` is to be had. */
    redisRuntime: RedisRuntime | null;
  }
}

const HELP =
  'The tests need a real Redis: install redis-server, or start Docker, or set TEST_REDIS_URL (redis://host:6379) and run again.';

/** Gets the tests a Redis: `TEST_REDIS_URL`, else redis-server on the PATH, else Docker, else Debian's package. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_REDIS_URL'];
  if (given) {
    project.provide('redisUrl', given);
    project.provide('redisRuntime', findRedisRuntime());
    return async () => {};
  }
  const runtime = findRedisRuntime() ?? install();
  if (!runtime) throw new Error(HELP);
  const folder = mkdtempSync(join(tmpdir(), 'tidewire-redis-'));
  const server = await runRedis(runtime, folder, ['--save', '', '--appendonly', 'no']);
  project.provide('redisUrl', `redis://127.0.0.1:${server.port}`);
  project.provide('redisRuntime', runtime);
  return async () => {
    server.signal('SIGKILL');
    await server.ended;
    rmSync(folder, { recursive: true, force: true });
  };
}

function install(): RedisRuntime | null {
  process.stdout.write('No redis-server and no Docker here: looking for the Debian package...\n');
  try {
    return installRedisRuntime();
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return null;
  }
}
