/**
 * From the sending of `placeOrder` to its first `orderUpdates` at a client: a worker and an api as processes of their own, on Redis and
 * PostgreSQL, at a steady rate of orders. `npm run bench:order-latency`, with how many seconds: `npm run bench:order-latency -- 30`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { startPostgres } from '../test/support/postgres-server.ts';
import { startRedis } from './redis.ts';

const RATE = 200;
const WARM_MS = 5_000;
const SECONDS = Number(process.argv[2] ?? 20);

/** WebSockets that orders are sent over, and how many at most wait for their answer: beyond it the machine cannot keep the rate. */
const SENDERS = 4;
const MOST_WAITING = 64;

/** Far below the market, and over at once: nothing rests, and an owner may have a thousand orders. */
const TERMS = 'symbol: "BTCUSDT", side: BUY, type: LIMIT, price: "10000", quantity: "0.001", timeInForce: IOC';

const PLACE = `mutation Place($id: String!) { placeOrder(input: {clientOrderId: $id, ${TERMS}}) { order { id } } }`;

const UPDATES = 'subscription { orderUpdates { order { clientOrderId version } } }';

interface Role {
  readonly child: ChildProcess;
  readonly url: string;
}

function startRole(name: 'api' | 'worker', environment: Readonly<Record<string, string>>): Promise<Role> {
  const child = spawn(process.execPath, ['--max-semi-space-size=16', `src/main/${name}.ts`], {
    env: { PATH: process.env['PATH'], PORT: '0', ...environment },
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

const redis = await startRedis();
if (!redis) throw new Error('no redis-server here');
const postgres = await startPostgres();
const environment = {
  REDIS_URL: redis.url,
  DATABASE_URL: postgres.url,
  FEEDS: 'simulated',
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
const sentAt = new Map<string, number>();
const latencies: number[] = [];
client.subscribe<{ orderUpdates: { order: { clientOrderId: string; version: number } } }>(
  { query: UPDATES },
  {
    next: ({ data }) => {
      const id = data?.orderUpdates.order.clientOrderId ?? '';
      const sent = sentAt.get(id);
      if (sent === undefined) return;
      sentAt.delete(id);
      if (id.startsWith('measured')) latencies.push(performance.now() - sent);
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
  sentAt.set(id, performance.now());
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

await run('warm', WARM_MS);
const load = loadavg().map((one) => one.toFixed(1));
await run('measured', SECONDS * 1_000);
await pause(1_000);
latencies.sort((a, b) => a - b);
const at = (part: number) =>
  (latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? 0).toFixed(1);
console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}, load ${load.join(' ')}`);
console.log(
  `${latencies.length} orders in ${SECONDS} s (asked for: ${RATE} a second): p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, slowest ${at(1)} ms; ${sentAt.size} not heard of`,
);
for (const one of [client, ...senders]) await one.dispose();
for (const { child } of [api, worker]) child.kill('SIGTERM');
await Promise.all([api, worker].map(({ child }) => new Promise((resolve) => child.once('exit', resolve))));
await postgres.stop();
await redis.stop();
