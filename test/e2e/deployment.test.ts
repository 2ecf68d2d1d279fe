import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { expect, inject, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { COMPILED } from '../support/compiled.ts';
import { migratedDatabaseUrl } from '../support/postgres.ts';
import { freePort } from '../support/redis-runtime.ts';
import { eventually, query } from '../support/server.ts';

interface Service {
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: readonly string[] | Readonly<Record<string, object>>;
  readonly volumes?: readonly string[];
  readonly stop_grace_period?: string;
}

const read = (file: string): unknown => parse(readFileSync(file, 'utf8'), { merge: true });
const { services } = read('docker-compose.yml') as { readonly services: Readonly<Record<string, Service>> };
const dockerfile = readFileSync('Dockerfile', 'utf8');

/** Of a line such as `CMD ["node", "--eval", "..."]`, the last one. */
function wordsOf(instruction: string): readonly string[] {
  const lines = dockerfile.replaceAll('\\\n', '').matchAll(new RegExp(`^${instruction}(?: .*)?(\\[.*\\])$`, 'gm'));
  return JSON.parse([...lines].at(-1)?.[1] ?? '[]') as string[];
}

test('what compose names is there: services, files, the hosts that nginx and Prometheus ask', () => {
  for (const [name, { depends_on: on = [], volumes = [] }] of Object.entries(services)) {
    for (const other of Array.isArray(on) ? on : Object.keys(on))
      expect([name, other in services]).toEqual([name, true]);
    for (const volume of volumes) {
      const [from = ''] = volume.split(':');
      if (from.startsWith('./')) expect([from, existsSync(from)]).toEqual([from, true]);
    }
  }
  const asked = [
    ...readFileSync('docs/operations/nginx.conf', 'utf8').matchAll(/server (\S+):(\d+)/g),
    ...readFileSync('docs/operations/prometheus.yml', 'utf8').matchAll(/'([a-z0-9-]+):(\d+)'/g),
  ];
  expect(asked.length).toBe(6);
  for (const [, host = '', port] of asked) {
    const { environment } = services[host] ?? {};
    expect([host, String(environment?.['WORKER_PORT'] ?? 4000)]).toEqual([host, port]);
  }
  for (const role of ['api', 'worker'])
    expect(Object.keys(services).filter((name) => name.startsWith(role)).length).toBe(2);
});

test('the image holds what its commands need, is nobody special, and is told to end', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, from = '']) => from.split(' '));
  const allowed = readFileSync('.dockerignore', 'utf8')
    .split('\n')
    .flatMap((line) => line.match(/^!(.+)$/)?.[1] ?? []);
  for (const path of copied) {
    expect([path, existsSync(path)]).toEqual([path, true]);
    expect(allowed.some((root) => path === root || path.startsWith(`${root}/`))).toBe(true);
  }
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(wordsOf('CMD')).toEqual(services['api-1']?.command);
});

test('the very commands of compose start, are healthy, serve, and end in time', async () => {
  const stores = {
    REDIS_URL: inject('redisUrl'),
    DATABASE_URL: await migratedDatabaseUrl(),
    REDIS_PREFIX: `test-${randomUUID()}`,
    JWT_SECRET: 'a secret of the tests, long enough',
  };
  const port = await freePort();
  const workerPort = await freePort();
  const run = (name: string, image: Readonly<Record<string, string>>) => {
    const {
      command: [node, ...words] = [],
      environment = {},
      healthcheck,
      stop_grace_period: grace,
    } = services[name] ?? {};
    expect(node).toBe('node');
    // What compose sets, but for the addresses of this machine.
    const own = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, String(value)]));
    const env = {
      PATH: process.env['PATH'],
      ...COMPILED,
      ...own,
      ...stores,
      ...image,
    };
    const child = spawn(process.execPath, words, { env, stdio: 'ignore' });
    const ended = new Promise<number | string>((resolve) =>
      child.once('exit', (code, signal) => resolve(code ?? signal ?? 0)),
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    const [, , ...check] = healthcheck?.test ?? ['CMD', ...wordsOf('HEALTHCHECK.*CMD')];
    return { child, ended, grace, healthy: () => spawnSync(process.execPath, check, { env }).status === 0 };
  };
  const api = run('api-1', { HOST: '127.0.0.1', PORT: String(port) });
  const worker = run('worker-1', { HOST: '127.0.0.1', WORKER_PORT: String(workerPort) });
  expect([api.grace, worker.grace]).toEqual(['15s', '15s']);
  await eventually('both are healthy', () => api.healthy() && worker.healthy(), 60_000);
  await eventually(
    'a price is served',
    async () => {
      const { data } = await query<{ price: object | null }>(
        `http://127.0.0.1:${port}`,
        '{ price(symbol: "BTCUSDT") { price } }',
      );
      return typeof data?.price === 'object' && data.price !== null;
    },
    60_000,
  );

  const ask = async (path: string) => await fetch(`http://127.0.0.1:${workerPort}${path}`);
  const ready = await ask('/health/ready');
  expect(ready.status).toBe(200);
  expect(ready.headers.get('x-request-id')).toMatch(/^[\w-]{16,}$/);
  expect((await ask('/elsewhere')).status).toBe(404);
  const { leases } = (await (await ask('/status')).json()) as {
    leases: { lease: string; components: { name: string; lagMs: number | null }[] }[];
  };
  const market = leases.find(({ lease }) => lease === 'market');
  expect(market?.components.find(({ name }) => name === 'feed:simulated')?.lagMs).toBeGreaterThanOrEqual(0);
  const metrics = await (await ask('/metrics')).text();
  expect(metrics).toMatch(/^tidewire_lease_held\{lease="market"\} 1$/m);
  expect(metrics).toMatch(/^tidewire_bus_ready 1$/m);

  for (const { child } of [api, worker]) child.kill('SIGTERM');
  expect(await Promise.all([api.ended, worker.ended])).toEqual([0, 0]);
  expect(api.healthy()).toBe(false);
});
