import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/main/postgres/embedded-postgres.ts';
import { placeFor } from '../../../src/main/postgres/place.ts';
import { silentLog } from '../../support/server.ts';

function dataDir(above = tmpdir(), mode = 0o755): string {
  const folder = mkdtempSync(join(above, 'tidewire-embedded-'));
  chmodSync(folder, mode);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function started(folder: string): Promise<EmbeddedPostgres> {
  // Root's may lie elsewhere, where another account reaches it.
  const place = await placeFor(folder, process.getuid?.() ?? -1);
  const server = await startEmbeddedPostgres(folder, silentLog);
  onTestFinished(async () => {
    await server.stop().catch(() => undefined);
    rmSync(place.folder, { recursive: true, force: true });
  });
  return server;
}

async function asked(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded PostgreSQL', () => {
  test('keeps what it was given over an orderly end', async () => {
    const folder = dataDir();
    const first = await started(folder);
    await asked(first.url, 'CREATE TABLE t AS SELECT 7 AS n');
    await first.stop();
    await expect(asked(first.url, 'SELECT 1')).rejects.toThrow();
    const second = await started(folder);
    expect(await asked(second.url, 'SELECT n FROM t')).toEqual([{ n: 7 }]);
  });

  test('outlives a process that is killed, and is taken over by the next', async () => {
    const folder = dataDir();
    const module = new URL('../../../src/main/postgres/embedded-postgres.ts', import.meta.url).href;
    const log = new URL('../../../src/lib/log.ts', import.meta.url).href;
    const code = `const { startEmbeddedPostgres } = await import('${module}');
      const { createLog } = await import('${log}');
      console.log((await startEmbeddedPostgres('${folder}', createLog('silent'))).url);
      setInterval(() => {}, 1e6);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = await once(child.stdout, 'data');
    const url = String(said).trim();
    await asked(url, 'CREATE TABLE t AS SELECT 7 AS n');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const next = await started(folder);
    expect(next.url).toBe(url);
    expect(await asked(next.url, 'SELECT n FROM t')).toEqual([{ n: 7 }]);
  });

  test('takes nobody without its password, and refuses a second process in one line that says what to do', async () => {
    const folder = dataDir();
    const first = await started(folder);
    const without = new URL(first.url);
    without.password = 'guessed';
    await expect(asked(without.toString(), 'SELECT 1')).rejects.toThrow('password authentication failed');
    expect(statSync(join(folder, 'postgres', 'password')).mode & 0o077).toBe(0);
    await expect(startEmbeddedPostgres(folder, silentLog)).rejects.toThrow(/^DATA_DIR: another process uses [^\n]+$/);
    expect(await asked(first.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  test('starts below a home that is private to its owner', async () => {
    const server = await started(dataDir(homedir(), 0o700));
    expect(await asked(server.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });
});
