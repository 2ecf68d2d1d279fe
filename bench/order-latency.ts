/**
 * From the sending of `placeOrder` to its first `orderUpdates` at a client: a worker and an api as processes of their own, on Redis and
 * PostgreSQL, at a steady rate of orders, with the steps of the way between and the processor time of each process. The load shares the
 * machine. `npm run bench:order-latency -- seconds=20 rate=200 symbols=BTCUSDT`; without `symbols` the worker has the whole simulated product,
 * with `shares=4` all shares of the owners.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createClient } from 'graphql-ws';
import pg from 'pg';
import { WebSocket } from 'ws';
import { ORDER_STEPS } from '../src/store/order-way.ts';
import { startPostgres } from '../test/support/postgres-server.ts';
import { familySeconds, processStat } from './processor.ts';
import { startRedis } from './redis.ts';
import { markdown } from './table.ts';
import { wallMs } from './wall.ts';

const given = new Map(process.argv.slice(2).map((text) => text.split('=', 2) as [string, string | undefined]));
const RATE = Number(given.get('rate') ?? 200);
const SECONDS = Number(given.get('seconds') ?? 20);
const SYMBOLS = given.get('symbols') ?? '';
const SHARES = given.get('shares') ?? '1';

const WARM_MS = 5_000;
/** How long the market is looked at without orders, milliseconds. */
const QUIET_MS = 3_000;

/** WebSockets that orders are sent over, and how many at most wait for their answer: beyond it the machine cannot keep the rate. */
const SENDERS = 4;
const MOST_WAITING = 64;

/** Far below the market, and over at once: nothing rests, and an owner may have a thousand orders. */
const TERMS = 'symbol: "BTCUSDT", side: BUY, type: LIMIT, price: "10000", quantity: "0.001", timeInForce: IOC';

const PLACE = `mutation Place($id: String!) { placeOrder(input: {clientOrderId: $id, ${TERMS}}) { order { id } } }`;

const UPDATES = 'subscription { orderUpdates { order { clientOrderId version } } }';

/** The steps of the way, those at the client among them. */
const STEPS = ['sent', ...ORDER_STEPS, 'received'] as const;

interface Role {
  readonly child: ChildProcess;
  readonly url: string;
}

const folder = mkdtempSync(join(tmpdir(), 'tidewire-orders-'));

function startRole(name: 'api' | 'worker', environment: Readonly<Record<string, string>>): Promise<Role> {
  const flags = ['--max-semi-space-size=16', '--import', new URL('order-way.ts', import.meta.url).pathname];
  const child = spawn(process.execPath, [...flags, `src/main/${name}.ts`], {
    env: { PATH: process.env['PATH'], PORT: '0', ORDER_WAY_DIR: folder, ...environment },
    stdio: ['ignore', 'pipe', 2],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const { msg, url = '' } = JSON.parse(line) as { msg: string; url?: string };
      if (msg.startsWith('listening') || msg === 'working') resolve({ child, url: url.replace('/graphql', '') });
    });
  });
}

async function ask<D>(url: string, query: string): Promise<D> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await response.json()) as { data?: D; errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data as D;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const redis = await startRedis(null);
if (!redis) throw new Error('no redis-server here');
const postgres = await startPostgres();
const environment = {
  REDIS_URL: redis.url,
  DATABASE_URL: postgres.url,
  FEEDS: 'simulated',
  SYMBOLS,
  TRADING_SHARDS: SHARES,
  JWT_SECRET: 'a secret of the benchmark, long enough',
  DEMO_IDENTITY: 'true',
  MESSAGES_PER_SECOND: '100000',
  MESSAGE_BURST: '100000',
  LOG_LEVEL: 'info',
};
const worker = await startRole('worker', environment);
const api = await startRole('api', environment);
const connect = () =>
  createClient({ url: `${api.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, lazy: false });
const client = connect();
const senders = Array.from({ length: SENDERS }, connect);
/** When each order passed which step, by client order id: milliseconds of {@link wallMs}. */
const ways = new Map<string, Map<string, number>>();
client.subscribe<{ orderUpdates: { order: { clientOrderId: string; version: number } } }>(
  { query: UPDATES },
  {
    next: ({ data }) => {
      const way = ways.get(data?.orderUpdates.order.clientOrderId ?? '');
      if (way && !way.has('received')) way.set('received', wallMs());
    },
    error: (error) => {
      throw new Error(JSON.stringify(error));
    },
    complete: () => undefined,
  },
);
for (let known = false; !known; await pause(100))
  known =
    (await ask<{ orderbook: { stale: boolean } | null }>(api.url, '{ orderbook(symbol: "BTCUSDT") { stale } }'))
      .orderbook?.stale === false;

let waiting = 0;
async function place(id: string): Promise<void> {
  waiting++;
  ways.set(id, new Map([['sent', wallMs()]]));
  const sender = senders[waiting % SENDERS] ?? client;
  await new Promise<void>((resolve, reject) => {
    const failed = (errors: unknown) => reject(new Error(JSON.stringify(errors)));
    const next = ({ errors }: { readonly errors?: unknown }) => errors !== undefined && failed(errors);
    sender.subscribe({ query: PLACE, variables: { id } }, { next, error: failed, complete: resolve });
  });
  waiting--;
}

async function run(name: string, ms: number): Promise<void> {
  const begun = performance.now();
  const sending: Promise<void>[] = [];
  for (let sent = 0; performance.now() - begun < ms; ) {
    for (const due = ((performance.now() - begun) * RATE) / 1_000; sent < due; sent++)
      if (waiting < MOST_WAITING) sending.push(place(`${name}-${sent}`));
    await pause(1);
  }
  await Promise.all(sending);
}

/** Parts of a core that each process uses while `work` goes on. */
async function busy(postmaster: number, work: () => Promise<unknown>): Promise<readonly number[]> {
  const used = () => [
    ...[process.pid, api.child.pid, worker.child.pid, redis?.pid].map((pid) => processStat(pid ?? 0)?.seconds ?? 0),
    familySeconds(postmaster),
  ];
  const [before, begun] = [used(), performance.now()];
  await work();
  const seconds = (performance.now() - begun) / 1_000;
  return used().map((after, at) => (after - (before[at] ?? 0)) / seconds);
}

const asking = new pg.Client({ connectionString: postgres.url });
await asking.connect();
const [backend] = (await asking.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows;
const postmaster = processStat(backend?.pid ?? 0)?.parent ?? 0;
await asking.end();

await run('warm', WARM_MS);
const quiet = await busy(postmaster, () => pause(QUIET_MS));
const load = loadavg().map((one) => one.toFixed(1));
const loaded = await busy(postmaster, () => run('measured', SECONDS * 1_000));
await pause(1_000);
for (const one of [client, ...senders]) await one.dispose();
for (const { child } of [api, worker]) child.kill('SIGTERM');
await Promise.all([api, worker].map(({ child }) => new Promise((resolve) => child.once('exit', resolve))));
await postgres.stop();
await redis.stop();

for (const file of readdirSync(folder))
  for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
    const [step = '', id = '', at = ''] = line.split(' ');
    ways.get(id)?.set(step, Number(at));
  }
rmSync(folder, { recursive: true });

const measured = [...ways].filter(([id]) => id.startsWith('measured')).map(([, way]) => way);
const quantile = (times: readonly number[], portion: number) =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * portion))] ?? 0;
const between = (ways: readonly ReadonlyMap<string, number>[], from: string, to: string) =>
  ways.flatMap((way) => {
    const [begun, ended] = [way.get(from), way.get(to)];
    return begun === undefined || ended === undefined ? [] : [ended - begun];
  });
const part = (from: string, to: string) => {
  const times = between(measured, from, to);
  return [`${from} to ${to}`, `${times.length}`, ...[0.5, 0.9, 0.99, 1].map((one) => quantile(times, one).toFixed(1))];
};
/** The p99 of each second by itself: a machine that does other work for a moment spoils some, the product all of them. */
const seconds = Map.groupBy(measured, (way) => Math.floor((way.get('sent') ?? 0) / 1_000));
const p99s = [...seconds.values()].map((ways) => quantile(between(ways, 'sent', 'received'), 0.99));
console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}, load ${load.join(' ')}`);
console.log(
  `${SECONDS} s, asked for: ${RATE} orders a second; market: ${SYMBOLS || 'the whole simulated product'}; shares of the owners: ${SHARES}\n`,
);
const steps = STEPS.slice(1).map((to, at) => part(STEPS[at] ?? '', to));
console.log(markdown(['', 'orders', 'p50, ms', 'p90', 'p99', 'slowest'], [...steps, part('sent', 'received')]));
console.log(
  `p99 of each second, ms: best ${Math.min(...p99s).toFixed(1)}, middle ${quantile(p99s, 0.5).toFixed(1)}, worst ${Math.max(...p99s).toFixed(1)}`,
);
const percent = (parts: readonly number[]) =>
  [...parts, parts.reduce((sum, one) => sum + one, 0)].map((one) => `${(one * 100).toFixed(0)} %`);
console.log(
  `\n${markdown(
    ['parts of a core', 'load', 'api', 'worker', 'Redis', 'PostgreSQL', 'all'],
    [
      ['market alone', ...percent(quiet)],
      ['with orders', ...percent(loaded)],
    ],
  )}`,
);
