/**
 * How smooth the page of markets is while so many things change a second (200, or `-- --rate 400`): scripting, style and layout of each
 * frame in Chromium's trace, and the longest task. `npm run bench:dashboard`.
 */
import { cpus, loadavg } from 'node:os';
import { setInterval } from 'node:timers';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { CDPSession, Page } from 'playwright-core';
import { createMemoryBus } from '../src/bus/memory-bus.ts';
import { hasBrowser, launchBrowser } from '../test/support/browser.ts';
import { DashboardLoad } from './dashboard-load.ts';
import { PARTS, startReading } from './servers/reading.ts';
import { type Frame, judge, KINDS, type Kind, type TraceEvent, type Work } from './trace.ts';

const DIST = new URL('../dashboard/dist/', import.meta.url);

/** Work of one frame and of one task, milliseconds: what is promised. */
const FRAME_P95_MS = 8;
const TASK_MS = 50;

/** How often what is due is told, milliseconds. */
const TICK_MS = 10;
/** Until the page has settled: fonts, the chart, code that is compiled when it is warm. */
const WARM_MS = 8_000;

const CATEGORIES = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel', 'v8'];

const { values: options } = parseArgs({
  options: { rate: { type: 'string', default: '200' }, seconds: { type: 'string', default: '20' } },
});
if (!hasBrowser) throw new Error('needed: apt-get install chromium');

/** What a page is told in so many milliseconds of its life is recorded meanwhile. */
async function traced(session: CDPSession, lengthMs: number): Promise<readonly TraceEvent[]> {
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => void events.push(...(value as unknown as TraceEvent[])));
  const done = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: CATEGORIES },
  });
  await pause(lengthMs);
  await session.send('Tracing.end');
  await done;
  return events;
}

function told(name: string, works: readonly Work[]): string {
  const of = (part: 'wall' | 'cpu') => {
    const sorted = works.map((work) => work[part]).toSorted((a, b) => a - b);
    const at = (share: number) =>
      (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1);
    return `p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, most ${at(1)} ms`;
  };
  return `${name}: ${of('cpu')} of the processor; by the clock ${of('wall')}`;
}

/** What the slowest tenth of the frames spend their time on. */
function slowest(frames: readonly Frame[]): string {
  const slow = frames.toSorted((a, b) => a.cpu - b.cpu).slice(Math.floor(frames.length * 0.9));
  const mean = (kind: Kind) => slow.reduce((sum, { parts }) => sum + parts[kind], 0) / slow.length;
  return `the slowest tenth of the frames, mean: ${KINDS.map((kind) => `${kind} ${mean(kind).toFixed(1)}`).join(', ')} ms`;
}

/** Counts what the page is sent. */
function counted(page: Page): () => number {
  let count = 0;
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      if (String(payload).includes('"next"')) count += 1;
    }),
  );
  return () => count;
}

const load = loadavg().map((one) => one.toFixed(1));
console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}, load ${load.join(' ')}`);
const bus = createMemoryBus(PARTS);
const market = new DashboardLoad(bus);
await market.begin();
const server = await startReading(bus, { dashboard: DIST });
const browser = await launchBrowser();
const startedAt = performance.now();
let given = 0;
const timer = setInterval(() => {
  const due = Math.floor(((performance.now() - startedAt) / 1_000) * Number(options.rate));
  for (; given < due; given++) market.next().catch((error: unknown) => console.error(error));
}, TICK_MS);
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' });
  const received = counted(page);
  await page.goto(`${server.url}/#/markets`);
  await page.locator('.tape tbody tr').first().waitFor();
  await page.locator('.ladder tbody tr').first().waitFor();
  await pause(WARM_MS);
  const session = await page.context().newCDPSession(page);
  const [givenBefore, receivedBefore, began] = [given, received(), performance.now()];
  const events = await traced(session, Number(options.seconds) * 1_000);
  const seconds = (performance.now() - began) / 1_000;
  const { frames, tasks } = judge(events);
  const perSecond = (count: number) => (count / seconds).toFixed(0);
  console.log(
    `${perSecond(given - givenBefore)} updates/s published, ${perSecond(received() - receivedBefore)} frames/s on the WebSocket, ${perSecond(frames.length)} frames/s drawn`,
  );
  console.log(told('scripting, style and layout of a frame', frames));
  console.log(slowest(frames));
  console.log(told('tasks', tasks));
  const p95 = frames.map(({ cpu }) => cpu).toSorted((a, b) => a - b)[Math.floor(frames.length * 0.95)] ?? 0;
  const longest = Math.max(...tasks.map(({ cpu }) => cpu));
  console.log(
    `p95 under ${FRAME_P95_MS} ms: ${p95 < FRAME_P95_MS ? 'yes' : 'NO'}; no task over ${TASK_MS} ms: ${longest <= TASK_MS ? 'yes' : 'NO'}`,
  );
} finally {
  clearInterval(timer);
  await browser.close();
  await server.stop();
  await bus.close();
}
