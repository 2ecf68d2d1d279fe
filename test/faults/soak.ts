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
 * one client after another cut and back by its cursor. It prints memory, handles and what the heap holds after a sixth, a half and the whole
 * of the time, and fails where they have grown, or a client has lost or repeated an event.
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

/** When it is read, in parts of the time. */
const READ_AT = [1 / 6, 1 / 2, 1] as const;

/** Growth that is no leak: caches that fill, code that is compiled later. Of resident memory and the used heap. */
const ALLOWED = { memory: 1.25, heap: 1.15 };

/** Further handles that are no leak, as a part of all clients: those whose connection is being made or ended at that moment. */
const ON_THEIR_WAY = 0.1;

/** Longest wait for a heap snapshot to be written, milliseconds. */
const SNAPSHOT_MS = 120_000;

interface Reading {
  readonly minute: number;
  /** Resident, before the snapshot: taking the first one leaves hundreds of megabytes behind that the C library does not give back. */
  readonly memory: number;
  /** In use, right after the collection that a snapshot begins with. */
  readonly heap: number;
  /** Sockets, timers and whatever else keeps a process, but for those of clients: how many of them are connected differs from reading to reading. */
  readonly handles: number;
  readonly connections: number;
  /** Objects by the name of their class. */
  readonly objects: ReadonlyMap<string, number>;
  /** Deliveries a second to all clients since the reading before. */
  readonly delivered: number;
  /** Of the machine. */
  readonly load: number;
}

/** What a frame of an event says, found without reading the rest: a thousand clients of one process share a core with the server. */
const EVENT = /"tradeId":"(\d+)","cursor":"([^"]+)"/;

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
    const socket = new WebSocket(this.#url, 'graphql-transport-ws', { perMessageDeflate: false });
    this.#socket = socket;
    socket.on('open', () => {
      this.connects++;
      socket.send('{"type":"connection_init"}');
    });
    socket.on('message', (data) => {
      const text = String(data);
      const [, number, cursor] = EVENT.exec(text) ?? [];
      if (number !== undefined && cursor !== undefined) this.#event(Number(number), cursor);
      else this.#message(socket, (JSON.parse(text) as { type: string }).type);
    });
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

  #message(socket: WebSocket, type: string): void {
    if (type === 'ping') return socket.send('{"type":"pong"}');
    if (type !== 'connection_ack') return;
    const query = 'subscription ($after: Cursor) { trades(after: $after) { tradeId cursor } }';
    const variables = { after: this.#cursor };
    socket.send(JSON.stringify({ id: 'a', type: 'subscribe', payload: { query, variables } }));
  }

  #event(number: number, cursor: string): void {
    if (this.#last !== 0 && number !== this.#last + 1) this.wrong++;
    this.#last = number;
    this.#cursor = cursor;
    this.heard++;
  }
}

async function metricsOf(url: string): Promise<(name: string) => number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return (name) => Number(new RegExp(`^${name} ([\\d.e+]+)$`, 'm').exec(text)?.[1]);
}

async function read(
  child: ChildProcess,
  url: string,
  folder: string,
): Promise<Pick<Reading, 'memory' | 'heap' | 'handles' | 'connections' | 'objects'>> {
  const memory = (await metricsOf(url))('process_resident_memory_bytes');
  const before = new Set(readdirSync(folder));
  child.kill('SIGUSR2');
  const file = await written(folder, before);
  const metric = await metricsOf(url);
  const objects = objectsIn(file);
  rmSync(file);
  return {
    memory,
    heap: metric('nodejs_heap_size_used_bytes'),
    handles: metric('nodejs_active_resources_total') - metric('tidewire_connections'),
    connections: metric('tidewire_connections'),
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
const heardByAll = () => everybody.reduce((sum, one) => sum + one.heard, 0);
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
  const readings: Reading[] = [];
  let [heardBefore, readBefore] = [0, began];
  for (const part of READ_AT) {
    await pause(Math.max(0, began + part * minutes * 60_000 - Date.now()));
    const [heard, now, load] = [heardByAll(), Date.now(), loadavg()[0] ?? 0];
    const delivered = ((heard - heardBefore) * 1_000) / (now - readBefore);
    [heardBefore, readBefore] = [heard, now];
    readings.push({ minute: (now - began) / 60_000, ...(await read(api, url, folder)), delivered, load });
  }
  clearInterval(publishing);
  clearInterval(cutting);
  await pause(10_000);
  const wrong = everybody.reduce((sum, one) => sum + one.wrong, 0);
  const connects = everybody.reduce((sum, one) => sum + one.connects, 0);
  const mb = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  console.log(
    `${minutes} minutes, ${clients} clients, ${published} events, ${heardByAll()} deliveries, ${connects} connections; lost or repeated: ${wrong}`,
  );
  console.log(
    '\n| minute | deliveries a second | connections | resident MB | heap in use MB | other handles | objects | load |',
  );
  console.log('|--:|--:|--:|--:|--:|--:|--:|--:|');
  for (const { minute, delivered, connections, memory, heap, handles, objects, load } of readings) {
    const count = [...objects.values()].reduce((sum, one) => sum + one, 0);
    console.log(
      `| ${minute.toFixed(1)} | ${Math.round(delivered)} | ${connections} | ${mb(memory)} | ${mb(heap)} | ${handles} | ${count} | ${load.toFixed(1)} |`,
    );
  }
  const [, middle, last] = readings as [Reading, Reading, Reading];
  const grown = [...last.objects].map(
    ([name, count]) => [name, count - (middle.objects.get(name) ?? 0), count] as const,
  );
  console.log('\nobjects that grew most in the second half:');
  for (const [name, more, count] of grown.sort((a, b) => b[1] - a[1]).slice(0, 12))
    console.log(`  ${name}: +${more}, now ${count}`);
  const leaks: string[] = (['memory', 'heap'] as const).filter((what) => last[what] > middle[what] * ALLOWED[what]);
  if (last.handles > middle.handles + clients * ON_THEIR_WAY) leaks.push('handles');
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
