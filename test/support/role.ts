import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { COMPILED } from './compiled.ts';
import { migratedDatabaseUrl } from './postgres.ts';

/** A role of the product as its own process, as an operator runs it. Ended when the test ends. */
export interface Role {
  /** Base URL, for a role that serves. */
  readonly url: string;
  readonly process: ChildProcess;
  /** Lines it has logged. */
  readonly log: readonly string[];
  /** Sends a signal and resolves with the exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | string>;
}

/** Starts `src/main/<name>.ts` and resolves when it says that it runs. It ends with the test. */
export async function startRole(
  name: 'all' | 'api' | 'worker',
  environment: Readonly<Record<string, string>>,
): Promise<Role> {
  return spawnRole(name, environment, onTestFinished);
}

/** As `startRole`, for several tests: it is killed by what `atEnd` is given. */
export async function spawnRole(
  name: 'all' | 'api' | 'worker',
  environment: Readonly<Record<string, string>>,
  atEnd: (kill: () => Promise<void>) => void,
): Promise<Role> {
  const child = spawn(process.execPath, [`src/main/${name}.ts`], {
    env: { PATH: process.env['PATH'], ...COMPILED, PORT: '0', ...(await ownServices(environment)) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  const ended = new Promise<number | string>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 0)),
  );
  child.stderr?.on('data', (data) => log.push(String(data)));
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  atEnd(async () => void (await end('SIGKILL')));
  const url = await new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      log.push(line);
      const said = JSON.parse(line) as { msg: string; url?: string };
      if (said.msg.startsWith('listening') || said.msg === 'working') resolve((said.url ?? '').replace('/graphql', ''));
    });
    ended.then((code) => reject(new Error(`${name} ended with ${code}: ${log.join('\n')}`)), reject);
  });
  return { url, process: child, log, end };
}

/** With a database of its own and a secret, where a test says nothing else: nothing is kept in the working folder. */
async function ownServices(environment: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
  const DATABASE_URL = environment['DATABASE_URL'] ?? (await migratedDatabaseUrl());
  return { JWT_SECRET: 'a secret of the tests, long enough', ...environment, DATABASE_URL };
}

/** Runs a role that is expected to end by itself. */
export async function runRole(
  name: 'all' | 'api' | 'worker',
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number | string; output: string }> {
  const child = spawn(process.execPath, [`src/main/${name}.ts`], {
    env: { PATH: process.env['PATH'], ...COMPILED, ...(await ownServices(environment)) },
  });
  let output = '';
  child.stdout.on('data', (data) => (output += String(data)));
  child.stderr.on('data', (data) => (output += String(data)));
  const code = await new Promise<number | string>((resolve) =>
    child.once('exit', (exit, signal) => resolve(exit ?? signal ?? 0)),
  );
  return { code, output };
}
