/**
 * What a slow reader costs, and how old what it reads is: readers at 20 KB/s and at 1 KB/s of a state topic that changes at
 * 200 KB/s; then a reader at 1 KB/s and one that has stopped, of an event topic, for a million events.
 * `node --expose-gc bench/slow-reader.ts [seconds]`
 */
import { WebSocket } from 'ws';
import { createMemoryBus } from '../src/bus/memory-bus.ts';
import { topics } from '../src/bus/topics.ts';
import { systemClock } from '../src/lib/clock.ts';
import { decimal } from '../src/lib/decimal.ts';
import { createLog } from '../src/lib/log.ts';
import { startServer } from '../src/server/server.ts';
import { price, trade } from '../test/support/market.ts';
import { noDatabase, SERVER_OPTIONS } from '../test/support/server.ts';
import { ThrottledProxy } from '../test/support/throttled-proxy.ts';
import { WIDE_LIMITS } from '../test/support/wide-limits.ts';

/** Long enough for a reader at 1 KB/s to be a whole window behind, twice over. */
const SECONDS = Number(process.argv[2] ?? 150);

/** What the server lets be under way on one connection, bytes. */
const WINDOW_BYTES = 65_536;

/** Two hundred of these a second are the 200 KB/s. */
const FRAME_BYTES = 1_000;
const UPDATES_PER_SECOND = 200;

const EVENTS = 1_000_000;
const EVENTS_PER_TURN = 500;
/** The bus keeps events in this process, and would grow for their sake: by the first tenth it has all that it keeps. */
const KEPT_EVENTS = 100_000;

/** A network passes this often, milliseconds. */
const TICK_MS = 20;

const ALIASES = Array.from({ length: 90 }, (_, at) => `s${at}: symbol`).join(' ');

const log = createLog('silent');

async function serve(retentionEvents: number) {
  const bus = createMemoryBus({ clock: systemClock, log, retentionEvents });
  const own = createMemoryBus({ clock: systemClock, log });
  const limits = { ...WIDE_LIMITS, idleTimeoutMs: 600_000 };
  const options = {
    host: '127.0.0.1',
    port: 0,
    heartbeatIntervalMs: 25_000,
    heartbeatTimeoutMs: 8_000,
    graphiql: false,
  };
  const server = await startServer(
    { shared: bus, own, database: noDatabase },
    { ...SERVER_OPTIONS, ...options, ...limits },
    systemClock,
    log,
  );
  return { bus, server };
}

/** A client behind a network of so many bytes a second. */
async function reader(url: string, query: string, bytesPerSecond: number, take: (message: Taken) => void) {
  const proxy = await ThrottledProxy.to(url);
  const cancel = systemClock.every(TICK_MS, () => {
    proxy.forfeit();
    proxy.allow((bytesPerSecond * TICK_MS) / 1_000);
  });
  const socket = new WebSocket(`${proxy.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const subscribe = (variables: object) =>
    socket.send(JSON.stringify({ type: 'subscribe', id: String(performance.now()), payload: { query, variables } }));
  socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as Taken;
    if (message.type === 'connection_ack') subscribe({});
    take(message);
  });
  socket.on('error', () => undefined);
  const stop = async () => {
    cancel();
    socket.terminate();
    await proxy.close();
  };
  return { proxy, socket, subscribe, stop };
}

interface Taken {
  readonly type: string;
  // biome-ignore format: the shape of one answer
  readonly payload?: { readonly data?: { readonly prices?: { readonly price: string; readonly conflated: number } } } & readonly { readonly extensions: { readonly code: string; readonly resumeCursor?: string } }[];
}

async function ages(): Promise<void> {
  const { bus, server } = await serve(KEPT_EVENTS);
  const publishedAt: number[] = [];
  const rows = [20_000, 1_000].map((rate) => ({ rate, ages: [] as number[], folded: 0, most: 0 }));
  const readers = await Promise.all(
    rows.map((row) =>
      reader(server.url, `subscription { prices { price conflated ${ALIASES} } }`, row.rate, ({ type, payload }) => {
        const update = payload?.data?.prices;
        if (type !== 'next' || !update) return;
        row.ages.push(performance.now() - (publishedAt[Number(update.price)] ?? 0));
        row.folded += update.conflated;
      }),
    ),
  );
  const perTick = (UPDATES_PER_SECOND * TICK_MS) / 1_000;
  const cancel = systemClock.every(TICK_MS, () => {
    for (let each = 0; each < perTick; each++) {
      publishedAt.push(performance.now());
      bus.publishState(topics.prices, price('A', String(publishedAt.length - 1))).catch(fail);
    }
    for (const [at, row] of rows.entries()) row.most = Math.max(row.most, readers[at]?.proxy.held ?? 0);
  });
  await new Promise<void>((resolve) => systemClock.after(SECONDS * 1_000, resolve));
  cancel();
  console.table(
    rows.map(({ rate, ages: all, folded, most }) => {
      const sorted = all.toSorted((a, b) => a - b);
      const at = (part: number) => `${((sorted[Math.floor(part * (sorted.length - 1))] ?? 0) / 1_000).toFixed(2)} s`;
      return {
        reader: `${rate / 1_000} KB/s`,
        frames: sorted.length,
        folded,
        'age p50': at(0.5),
        'age p99': at(0.99),
        'age max': at(1),
        'window / rate + 1 s': `${((WINDOW_BYTES + FRAME_BYTES) / rate + 1).toFixed(2)} s`,
        'most under way, bytes': most,
      };
    }),
  );
  await Promise.all(readers.map((each) => each.stop()));
  await server.stop();
}

async function memory(): Promise<void> {
  const { bus, server } = await serve(KEPT_EVENTS);
  const query = 'subscription ($after: Cursor) { trades(after: $after) { tradeId cursor price quantity } }';
  let frames = 0;
  const endings: string[] = [];
  const slow = await reader(server.url, query, 1_000, ({ type, payload }) => {
    if (type === 'next') frames++;
    if (type !== 'error') return;
    const { code, resumeCursor } = payload?.[0]?.extensions ?? { code: 'none' };
    endings.push(code);
    slow.subscribe({ after: resumeCursor ?? null });
  });
  const stalled = await reader(server.url, query, 100_000, () => stalled.socket.pause());
  const rows: object[] = [];
  for (let id = 1; id <= EVENTS; id++) {
    await bus.publishEvent(topics.trades, trade('A', id, { price: decimal(String(id)) }));
    if (id % EVENTS_PER_TURN === 0) await new Promise<void>((resolve) => systemClock.after(1, resolve));
    if (id % (EVENTS / 10) !== 0) continue;
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    const megabytes = (bytes: number) => Math.round(bytes / 1_048_576);
    rows.push({
      events: id,
      'heap, MB': megabytes(heapUsed),
      'resident, MB': megabytes(rss),
      'slow reader has': frames,
      'under way, bytes': slow.proxy.held,
      'it was told': endings.join(' ').slice(-60),
    });
  }
  console.table(rows);
  await Promise.all([slow.stop(), stalled.stop()]);
  await server.stop();
}

function fail(error: unknown): never {
  throw error;
}

console.log(`Node ${process.version}, clients in the same process; ${SECONDS} s, then ${EVENTS} events.`);
await ages();
await memory();
process.exit(0);
