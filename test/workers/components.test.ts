import { beforeEach, describe, expect, it } from 'vitest';
import type { EngineOutput } from '../../src/engines/engine.ts';
import { createLog } from '../../src/lib/log.ts';
import type { ComponentReport } from '../../src/model/component.ts';
import { type ComponentReporter, createComponentReporter } from '../../src/workers/components.ts';
import type { Worker } from '../../src/workers/worker.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { book, bookOutput, diff, HandEngine, HandFeed } from './hand-feed.ts';
import { handWorker } from './hand-worker.ts';
import { answered, RecordingBus } from './recording-bus.ts';

const log = createLog('silent');
let clock: FakeClock;
let bus: RecordingBus;
let feed: HandFeed;
let books: HandEngine;
let worker: Worker;
let reporter: ComponentReporter;

const reports = () => bus.of('components').map(({ value }) => value as ComponentReport);
const statuses = () => reports().map((report) => report.status);

async function put(symbol: string, output: EngineOutput): Promise<void> {
  books.next(output);
  feed.say(diff(symbol));
  await answered();
}

const lose = (symbol: string) => put(symbol, { kind: 'resync', symbol, source: 'hand', reason: 'a gap' });

beforeEach(() => {
  clock = new FakeClock();
  bus = new RecordingBus();
  feed = new HandFeed();
  books = new HandEngine();
  const pricesEngine = new HandEngine();
  worker = handWorker({
    feed,
    bus,
    clock,
    log,
    bookEngine: books,
    pricesEngine,
    priceIntervalMs: 0,
  });
  reporter = createComponentReporter({ sources: [worker], bus, clock, log });
  reporter.start();
  worker.start();
});

describe('the reporter of components', () => {
  it('reports each source at the start, when its status changes, and every five seconds', async () => {
    const startedAt = clock.now();
    await clock.advance(700);
    feed.become({ state: 'live', lastDataAt: clock.now() });
    await clock.advance(9_400);
    expect(statuses()).toEqual(['DEGRADED', 'HEALTHY', 'HEALTHY', 'HEALTHY']);
    expect(reports().map((report) => report.reportedAt - startedAt)).toEqual([0, 700, 5_000, 10_000]);
    expect(reports()[1]).toEqual({
      name: 'feed:hand',
      of: 1,
      status: 'HEALTHY',
      message: '',
      startedAt,
      lastUpdate: startedAt + 700,
      errorCount: 0,
      recoveries: 0,
      reportedAt: startedAt + 700,
    });
  });

  it('says DEGRADED the moment a connection is lost, DOWN when it stays away, and HEALTHY when it is back', async () => {
    feed.become({ state: 'live' });
    await clock.advance(1_000);
    const lostAt = clock.now();
    feed.become({ state: 'connecting', message: 'connection lost, trying again', errorCount: 1 });
    await clock.advance(60_000);
    feed.become({ state: 'live', message: '', recoveries: 1 });
    const changes = reports().filter((report, at, all) => report.status !== all[at - 1]?.status);
    expect(changes.slice(2).map((report) => [report.status, report.reportedAt - lostAt])).toEqual([
      ['DEGRADED', 0],
      ['DOWN', 30_000],
      ['HEALTHY', 60_000],
    ]);
    expect(reports().at(-1)).toMatchObject({ errorCount: 1, recoveries: 1, message: '' });
  });

  it('says DOWN of a venue that was never reached within ten seconds, and only then', async () => {
    const from = clock.now();
    await clock.advance(20_000);
    const down = reports().find((report) => report.status === 'DOWN');
    expect((down?.reportedAt ?? 0) - from).toBe(10_000);
    expect(down?.message).not.toBe('');
  });

  it('names a book out of step at once, and further ones no faster than once a second', async () => {
    feed.become({ state: 'live' });
    await clock.advance(2_000);
    const before = reports().length;
    await lose('AAA');
    expect(reports().at(-1)).toMatchObject({ status: 'DEGRADED', message: expect.stringMatching(/AAA$/) });
    for (let n = 0; n < 100; n++) await lose(`S${n}`);
    expect(reports().length).toBe(before + 1);
    await clock.advance(1_000);
    expect(reports().length).toBe(before + 2);
    expect(reports().at(-1)?.message).toMatch(/AAA, S0, S1, S2, S3 and 96 more$/);
    for (const symbol of ['AAA', ...Array.from({ length: 100 }, (_, n) => `S${n}`)])
      await put(symbol, bookOutput(book(1, { symbol }), 'whole'));
    expect(reports().at(-1)).toMatchObject({ status: 'HEALTHY', message: '' });
  });

  it('does not report for a counter alone, but carries it in the next report', async () => {
    feed.become({ state: 'live' });
    await clock.advance(1_000);
    const before = reports().length;
    for (let errorCount = 1; errorCount <= 500; errorCount++) feed.become({ errorCount });
    expect(reports().length).toBe(before);
    await clock.advance(5_000);
    expect(reports().at(-1)?.errorCount).toBe(500);
  });

  it('reports anew when the bus is back', async () => {
    feed.become({ state: 'live' });
    bus.become('down');
    const before = reports().length;
    feed.become({ state: 'stale', message: 'quiet' });
    expect(reports().length).toBe(before);
    bus.become('ready');
    expect(reports().at(-1)).toMatchObject({ status: 'DEGRADED', message: 'quiet' });
  });

  it('is silent after its end, and leaves no timer', async () => {
    feed.become({ state: 'live' });
    await clock.advance(500);
    feed.become({ recoveries: 1 });
    reporter.stop();
    await worker.stop();
    expect([clock.pending, bus.listeners]).toEqual([0, 0]);
    const before = reports().length;
    await clock.advance(60_000);
    expect(reports().length).toBe(before);
  });
});
