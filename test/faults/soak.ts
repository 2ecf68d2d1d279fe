import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { createRedisBus } from '../../src/bus/redis-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { trade } from '../support/market.ts';
import { startPostgres } from '../support/postgres-server.ts';
import { findRedisRuntime, freePort, runRedis } from '../support/redis-runtime.ts';
import { pause } from './ground.ts';

/**
 * `npm run soak`: an api as its own process on a real Redis and PostgreSQL, 1,000 clients, 20 events a second to each, for half an hour,
 * one client after another cut and back by its cursor. It prints memory, handles and what the heap holds, after the first tenth and at the
 * end, both after a collection, and fails where they have grown, or a client has lost or repeated an event.
 *
 *     npm run soak -- --minutes 30 --clients 1000 --events 20
 */

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    clients: { type: 'string', default: '1000' },
    events: { type: 'string', default: '20' },
  },
});
const [minutes, clients, rate] = [Number(values.minutes), Number(values.clients), Number(values.events)];

/** Growth that is no leak: caches that fill, code that is compiled later. Of resident memory, the used heap, and handles. */
const ALLOWED = { memory: 1.25, heap: 1.15, handles: 1.05 };

/** Longest wait for a heap snapshot to be written, milliseconds. */
const SNAPSHOT_MS = 120_000;

interface Reading {
  readonly memory: number;
  readonly heap: number;
  readonly handles: number;
  /** Objects by the name of their class. */
  readonly objects: ReadonlyMap<string, number>;
}

/** Hears whole streams, comes back after its last cursor, and counts what is missing or comes twice. */
class Client {
  heard = 0;
  wrong = 0;
  connects = 0;
  #cursor: string | null = null;
  #last = 0;
  #socket: WebSocket | null = null;
  #stopped = false;
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  start(): void {
    if (this.#stopped) return;
    const socket = new WebSocket(this.#url, 'graphql-transport-ws');
    this.#socket = socket;
    socket.on('open', () => {
      this.connects++;
      socket.send('{"type":"connection_init"}');
    });
    socket.on('message', (data) =>
      this.#message(socket, JSON.parse(String(data)) as { type: string; payload?: unknown }),
    );
    socket.on('error', () => undefined);
    socket.on('close', () => setTimeout(() => this.start(), 200 + Math.random() * 1_000));
  }

  cut(): void {
    this.#socket?.terminate();
  }

  stop(): void {
    this.#stopped = true;
    this.#socket?.terminate();
  }

  #message(socket: WebSocket, { type, payload }: { readonly type: string; readonly payload?: unknown }): void {
    if (type === 'ping') return socket.send('{"type":"pong"}');
    if (type === 'connection_ack') {
      const query = 'subscription ($after: Cursor) { trades(after: $after) { tradeId cursor } }';
      const variables = { after: this.#cursor };
      return socket.send(JSON.stringify({ id: 'a', type: 'subscribe', payload: { query, variables } }));
    }
    if (type !== 'next') return;
    const { trades } = (payload as { data: { trades: { tradeId: string; cursor: string } } }).data;
    const number = Number(trades.tradeId);
    if (this.#last !== 0 && number !== this.#last + 1) this.wrong++;
    this.#last = number;
    this.#cursor = trades.cursor;
    this.heard++;
  }
}

async function read(child: ChildProcess, url: string, folder: string): Promise<Reading> {
  const before = new Set(readdirSync(folder));
  // A snapshot is taken after a collection: what it counts is in use.
  child.kill('SIGUSR2');
  const file = await written(folder, before);
  const text = await (await fetch(`${url}/metrics`)).text();
  const metric = (name: string) => Number(new RegExp(`^${name} ([\\d.e+]+)$`, 'm').exec(text)?.[1]);
  const objects = objectsIn(file);
  rmSync(file);
  return {
    memory: metric('process_resident_memory_bytes'),
    heap: metric('nodejs_heap_size_used_bytes'),
    handles: metric('nodejs_active_resources_total'),
    objects,
  };
}

async function written(folder: string, before: ReadonlySet<string>): Promise<string> {
  for (const until = Date.now() + SNAPSHOT_MS; Date.now() < until; await pause(500)) {
    const [name] = readdirSync(folder).filter((one) => one.endsWith('.heapsnapshot') && !before.has(one));
    if (name === undefined) continue;
    const file = join(folder, name);
    // It is whole when it ends as JSON does.
    if (readFileSync(file).subarray(-3).toString().trim().endsWith('}')) return file;
  }
  throw new Error('no heap snapshot was written');
}

function objectsIn(file: string): ReadonlyMap<string, number> {
  const { snapshot, nodes, strings } = JSON.parse(readFileSync(file, 'utf8')) as {
    snapshot: { meta: { node_fields: string[]; node_types: [string[]] } };
    nodes: number[];
    strings: string[];
  };
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name, step] = [fields.indexOf('type'), fields.indexOf('name'), fields.length];
  const object = types[0].indexOf('object');
  const found = new Map<string, number>();
  for (let at = 0; at < nodes.length; at += step) {
    if (nodes[at + type] !== object) continue;
    const called = strings[nodes[at + name] ?? 0] ?? '';
    found.set(called, (found.get(called) ?? 0) + 1);
  }
  return found;
}

const folder = mkdtempSync(join(tmpdir(), 'tidewire-soak-'));
const runtime = findRedisRuntime();
if (!runtime) throw new Error('there is no redis-server here');
const redis = await runRedis(runtime, folder, ['--save', '', '--appendonly', 'no']);
const postgres = await startPostgres();
const port = await freePort();
const environment = {
  PATH: process.env['PATH'],
  PORT: String(port),
  REDIS_URL: `redis://127.0.0.1:${redis.port}`,
  DATABASE_URL: postgres.url,
  JWT_SECRET: 'a secret of the tests, long enough',
  LOG_LEVEL: 'info',
  MAX_CONNECTIONS_PER_IP: '100000',
  CONNECTIONS_PER_SECOND_PER_IP: '100000',
  NEW_DOCUMENTS_PER_SECOND_PER_PROCESS: '100000',
};
const flags = ['--max-semi-space-size=16', '--heapsnapshot-signal=SIGUSR2', `--diagnostic-dir=${folder}`];
const api = spawn(process.execPath, [...flags, 'src/main/api.ts'], {
  env: environment,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const listening = Promise.withResolvers<void>();
createInterface({ input: api.stdout }).on('line', (line) => line.includes('"listening"') && listening.resolve());
await listening.promise;
const url = `http://127.0.0.1:${port}`;
const bus = createRedisBus({ url: environment.REDIS_URL, clock: systemClock, log: createLog('silent') });
const everybody = Array.from({ length: clients }, () => new Client(`ws://127.0.0.1:${port}/graphql`));
const began = Date.now();
let published = 0;
const publishing = setInterval(() => {
  for (; published < ((Date.now() - began) * rate) / 1_000; )
    void bus.publishEvent(topics.trades, trade('BTCUSDT', ++published)).catch(() => undefined);
}, 50);
for (const client of everybody) {
  client.start();
  await pause(2);
}
// Each client about once a minute.
const cutting = setInterval(() => everybody[Math.floor(Math.random() * clients)]?.cut(), 60_000 / clients);
try {
  await pause(minutes * 6_000);
  const first = await read(api, url, folder);
  await pause(Math.max(0, began + minutes * 60_000 - Date.now()));
  const last = await read(api, url, folder);
  clearInterval(publishing);
  clearInterval(cutting);
  await pause(10_000);
  const wrong = everybody.reduce((sum, one) => sum + one.wrong, 0);
  const heard = everybody.reduce((sum, one) => sum + one.heard, 0);
  const connects = everybody.reduce((sum, one) => sum + one.connects, 0);
  const mb = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  console.log(
    `${minutes} minutes, ${clients} clients, ${published} events, ${heard} deliveries, ${connects} connections, load ${loadavg()
      .map((one) => one.toFixed(1))
      .join(' ')}`,
  );
  console.log(
    `resident MB: ${mb(first.memory)} -> ${mb(last.memory)}; heap MB: ${mb(first.heap)} -> ${mb(last.heap)}; handles: ${first.handles} -> ${last.handles}`,
  );
  console.log(`lost or repeated: ${wrong}`);
  const grown = [...last.objects].map(
    ([name, count]) => [name, count - (first.objects.get(name) ?? 0), count] as const,
  );
  console.log('objects that grew most:');
  for (const [name, more, count] of grown.sort((a, b) => b[1] - a[1]).slice(0, 12))
    console.log(`  ${name}: +${more}, now ${count}`);
  const leaks = (['memory', 'heap', 'handles'] as const).filter((what) => last[what] > first[what] * ALLOWED[what]);
  if (leaks.length > 0) console.log(`grown more than is allowed: ${leaks.join(', ')}`);
  process.exitCode = wrong === 0 && leaks.length === 0 ? 0 : 1;
} finally {
  clearInterval(publishing);
  clearInterval(cutting);
  for (const client of everybody) client.stop();
  await bus.close();
  api.kill('SIGKILL');
  redis.signal('SIGKILL');
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
