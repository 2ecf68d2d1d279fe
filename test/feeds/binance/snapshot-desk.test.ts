import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { SnapshotDesk } from '../../../src/feeds/binance/snapshot-desk.ts';
import { createLog } from '../../../src/lib/log.ts';
import type { BookSnapshotHeard } from '../../../src/model/market-event.ts';
import { FakeClock } from '../../support/fake-clock.ts';

interface Request {
  readonly symbol: string;
  readonly signal: AbortSignal;
  answer(): Promise<void>;
  fail(): Promise<void>;
}

function desk(...symbols: readonly string[]) {
  const clock = new FakeClock();
  const requests: Request[] = [];
  const emitted: string[] = [];
  const failures: string[] = [];
  const made = new SnapshotDesk({
    symbols,
    fetch: (symbol, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<BookSnapshotHeard>();
      const times = { timestamp: clock.now(), receivedAt: clock.now() };
      requests.push({
        symbol,
        signal,
        answer: () => {
          resolve({ kind: 'book-snapshot', source: 'binance', symbol, lastUpdateId: 1, bids: [], asks: [], ...times });
          return turn();
        },
        fail: () => {
          reject(new Error('no'));
          return turn();
        },
      });
      return promise;
    },
    emit: ({ symbol }) => emitted.push(symbol),
    changed: () => undefined,
    failed: (_symbol, reason) => failures.push(reason),
    clock,
    random: () => 0,
    log: createLog('silent'),
  });
  return { made, clock, requests, emitted, failures };
}

describe('snapshots', () => {
  test('are asked for after the first diff and not before', async () => {
    const { made, requests, emitted } = desk('BTCUSDT');
    await turn();
    expect(requests).toEqual([]);
    made.diffHeard('BTCUSDT');
    made.diffHeard('BTCUSDT');
    await turn();
    expect(requests.length).toBe(1);
    expect(made.wanted()).toEqual(['BTCUSDT']);
    await requests[0]?.answer();
    expect(emitted).toEqual(['BTCUSDT']);
    expect(made.wanted()).toEqual([]);
    made.diffHeard('BTCUSDT');
    await turn();
    expect(requests.length).toBe(1);
  });

  test('are asked for one after the other', async () => {
    const { made, requests } = desk('A', 'B');
    made.diffHeard('A');
    made.diffHeard('B');
    await turn();
    expect(requests.map(({ symbol }) => symbol)).toEqual(['A']);
    await requests[0]?.answer();
    expect(requests.map(({ symbol }) => symbol)).toEqual(['A', 'B']);
  });

  test('a request to resync while one is under way changes nothing', async () => {
    const { made, requests, clock } = desk('A');
    made.diffHeard('A');
    made.resync('A');
    await turn();
    made.resync('A');
    await clock.advance(60_000);
    expect(requests.length).toBe(1);
  });

  test('a resync long after the last answer is asked for at once, one just after it with back-off', async () => {
    const { made, requests, clock } = desk('A');
    made.diffHeard('A');
    await turn();
    await requests[0]?.answer();
    made.resync('A');
    await turn();
    expect(requests.length).toBe(1);
    await clock.advance(1_000);
    await turn();
    expect(requests.length).toBe(2);
    await requests[1]?.answer();
    await clock.advance(10_000);
    made.resync('A');
    await turn();
    expect(requests.length).toBe(3);
  });

  test('a failure is asked again with growing back-off, and others are not held up by its waiting', async () => {
    const { made, requests, clock, failures, emitted } = desk('A', 'B');
    made.diffHeard('A');
    await turn();
    await requests[0]?.fail();
    expect(failures).toEqual(['no']);
    made.diffHeard('B');
    await turn();
    await requests[1]?.answer();
    expect(emitted).toEqual(['B']);
    await clock.advance(999);
    await turn();
    expect(requests.length).toBe(2);
    await clock.advance(1);
    await turn();
    expect(requests.length).toBe(3);
    await requests[2]?.fail();
    await clock.advance(999);
    await turn();
    expect(requests.length).toBe(3);
    await clock.advance(1);
    await turn();
    await requests[3]?.fail();
    await clock.advance(1_999);
    await turn();
    expect(requests.length).toBe(4);
    await clock.advance(1);
    await turn();
    await requests[4]?.answer();
    expect(emitted).toEqual(['B', 'A']);
  });

  test('what was under way when the thread was lost is not told; the next diff asks anew', async () => {
    const { made, requests, emitted } = desk('A');
    made.diffHeard('A');
    await turn();
    made.reset(['A']);
    expect(requests[0]?.signal.aborted).toBe(true);
    await requests[0]?.answer();
    expect(emitted).toEqual([]);
    made.resync('A');
    await turn();
    expect(requests.length).toBe(1);
    made.diffHeard('A');
    await turn();
    await requests[1]?.answer();
    expect(emitted).toEqual(['A']);
  });

  test('stopped, nothing is told and nothing waits', async () => {
    const { made, requests, emitted, clock } = desk('A', 'B');
    made.diffHeard('A');
    made.diffHeard('B');
    await turn();
    made.stop();
    await requests[0]?.fail();
    expect(requests.length).toBe(1);
    expect(emitted).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
