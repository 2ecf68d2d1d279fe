import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** How a real Redis can be run on this machine. */
export type RedisRuntime = 'binary' | 'docker';

/** A Redis that runs: its address, and the faults that can be done to it. */
export interface RedisProcess {
  readonly port: number;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
}

const IMAGE = 'redis:7-alpine';

/** What is here already, or null. */
export function findRedisRuntime(): RedisRuntime | null {
  if (answers('redis-server', ['--version'])) return 'binary';
  // The client alone is no engine: `docker version` fails when it cannot reach one.
  if (answers('docker', ['version'])) return 'docker';
  return null;
}

/** Installs Debian's package where that is possible (root, apt-get). Null where it is not. */
export function installRedisRuntime(): RedisRuntime | null {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return null;
  // The package starts a service of its own; invoke-rc.d asks this file first. One that stands there is left alone.
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    apt(['update']);
    apt(['install', '--yes', '--no-install-recommends', 'redis-server']);
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
  return findRedisRuntime();
}

/** Runs a server, or a Sentinel where the first argument is its file, on the loopback, with its files in `folder`, and waits until it answers. Without `port`, on a free one. */
export async function runRedis(
  runtime: RedisRuntime,
  folder: string,
  args: readonly string[],
  port?: number,
): Promise<RedisProcess> {
  // Between finding a free port and taking it another process may take it: then it is tried again.
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(runtime, port ?? (await freePort()), folder, args);
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

async function start(
  runtime: RedisRuntime,
  port: number,
  folder: string,
  args: readonly string[],
): Promise<RedisProcess> {
  const name = `tidewire-test-redis-${process.pid}-${port}`;
  // Its own options go before those of the command line, where they win.
  const [file, options] = args[0]?.startsWith('--') === false ? [args.slice(0, 1), args.slice(1)] : [[], args];
  const child =
    runtime === 'binary'
      ? spawn('redis-server', [...file, '--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, ...options])
      : spawn('docker', [
          ...['run', '--rm', '--name', name, '--publish', `127.0.0.1:${port}:6379`, '--volume', `${folder}:/data`],
          ...[IMAGE, 'redis-server', ...args],
        ]);
  const signal = (wanted: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT') => {
    if (runtime === 'binary') child.kill(wanted);
    else spawnSync('docker', [{ SIGKILL: 'kill', SIGSTOP: 'pause', SIGCONT: 'unpause' }[wanted], name]);
  };
  // A test process that ends before its clean-up must not leave a server behind.
  const killAtExit = () => signal('SIGKILL');
  process.once('exit', killAtExit);
  const ended = new Promise<void>((resolve) => {
    const done = () => {
      process.removeListener('exit', killAtExit);
      resolve();
    };
    child.once('exit', done);
    child.once('error', done);
  });
  await ready(child, ended);
  return { port, ended, signal };
}

/** Listens to what the server prints until it says that it takes connections. */
async function ready(child: ChildProcess, ended: Promise<void>): Promise<void> {
  let printed = '';
  const accepting = new Promise<true>((resolve) => {
    const hear = (text: Buffer) => {
      printed = (printed + text.toString()).slice(-4_000);
      if (/Ready to accept connections|Sentinel ID is/.test(printed)) resolve(true);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
  });
  if ((await Promise.race([accepting, ended])) !== true) throw new Error(`redis-server did not start:\n${printed}`);
}

/** A port of the loopback that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('no free port on the loopback'));
      });
    });
  });
}

function answers(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

function apt(args: readonly string[]): void {
  // Waits for another apt that runs, as on a machine that has just booted.
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=300'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stderr } = spawnSync('apt-get', [...options, ...args], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`apt-get ${args.join(' ')} failed:\n${stderr}`);
}
