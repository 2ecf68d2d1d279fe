import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BookEngine, createBookEngine } from '../../../src/engines/book/book-engine.ts';
import type { BookOutput, EngineOutput } from '../../../src/engines/engine.ts';
import { createBinanceMapper, mapDepthSnapshot } from '../../../src/feeds/binance/mapper.ts';
import { compareDecimals, type Decimal, decimal, decimalPlaces } from '../../../src/lib/decimal.ts';
import { applyBookChange, type Book, type Level } from '../../../src/model/book.ts';
import type { BookDiffHeard, BookSnapshotHeard, MarketEvent } from '../../../src/model/market-event.ts';
import { futuresRecording, RECORDINGS_DIR, type Recording, spotRecording } from '../../support/recording.ts';

const SYMBOL = 'BTCUSDT';
const SOURCE = 'binance';

interface Checkpoint {
  readonly applied: number;
  readonly u: number;
  readonly bestBid: number;
  readonly bestAsk: number;
  readonly bids: number;
  readonly asks: number;
  readonly sha256: string;
}

interface Expected {
  readonly applied: number;
  readonly exactU: number;
  readonly checkpoints: readonly Checkpoint[];
}

/** The recording as events: the snapshot stands where the recorder had it. */
function eventsOf(recording: Recording): MarketEvent[] {
  const mapper = createBinanceMapper({ market: recording.market, source: SOURCE, symbolOf: (pair) => pair });
  const heard = recording.frames.flatMap((frame) => mapper.map(frame.text, Math.floor(frame.at)));
  const snapshot = mapDepthSnapshot(recording.snapshot ?? '', SOURCE, SYMBOL, 0);
  if (snapshot?.lastUpdateId == null) throw new Error('a recording without a snapshot');
  const { lastUpdateId } = snapshot;
  const reached = heard.findIndex((event) => event.kind === 'book-diff' && event.lastUpdateId >= lastUpdateId);
  return heard.toSpliced(reached, 0, snapshot);
}

/** Places with which the venue writes prices and sizes. */
function venuePlaces({ snapshot }: Recording): [number, number] {
  const { bids } = JSON.parse(snapshot ?? '{}') as { readonly bids?: readonly (readonly [string, string])[] };
  return [decimalPlaces(bids?.[0]?.[0] ?? ''), decimalPlaces(bids?.[0]?.[1] ?? '')];
}

function padded(text: Decimal, places: number): string {
  return `${text}${text.includes('.') ? '' : '.'}${'0'.repeat(places - decimalPlaces(text))}`;
}

/** The hash of a whole book in the venue's own spelling. */
function venueHash(levels: Pick<Book, 'bids' | 'asks'>, [pricePlaces, sizePlaces]: readonly [number, number]): string {
  const side = (list: readonly Level[]) =>
    list.map(([price, size]) => `${padded(price, pricePlaces)}@${padded(size, sizePlaces)}`).join(',');
  return createHash('sha256')
    .update(`${side(levels.bids)}|${side(levels.asks)}`)
    .digest('hex');
}

function isDiff(event: MarketEvent): event is BookDiffHeard {
  return event.kind === 'book-diff';
}

function books(outputs: readonly EngineOutput[]): BookOutput[] {
  return outputs.filter((output) => output.kind === 'book');
}

describe.each([
  { market: 'spot', load: spotRecording, checkpoints: 'checkpoints_spot_btc.json', tooOld: 2 },
  { market: 'usdm', load: futuresRecording, checkpoints: 'checkpoints_usdm_btc.json', tooOld: 4 },
])('the recorded $market book', ({ load, checkpoints, tooOld }) => {
  const path = join(RECORDINGS_DIR, 'binance', checkpoints);
  const recording = load();
  const missing = recording === null || !existsSync(path);
  const promise = it.skipIf(missing);
  if (missing) it.skip(`(no recordings in ${RECORDINGS_DIR}: set RECORDINGS_DIR to try this)`);
  let events: readonly MarketEvent[] = [];
  let expected: Expected = { applied: 0, exactU: 0, checkpoints: [] };

  beforeAll(() => {
    if (recording === null || missing) return;
    events = eventsOf(recording);
    expected = JSON.parse(readFileSync(path, 'utf8')) as Expected;
  });

  promise('is the venue’s own after every thousand diffs, whole and to the last digit', () => {
    const engine = createBookEngine();
    const places = venuePlaces(recording as Recording);
    const reached: Checkpoint[] = [];
    let applied = 0;
    for (const event of events) {
      for (const output of engine.process(event)) {
        if (output.kind !== 'book') throw new Error(`lost at ${applied}: ${output.kind}`);
        if (output.change === null) continue;
        applied++;
        if (applied !== expected.checkpoints[reached.length]?.applied) continue;
        const levels = engine.levels(SYMBOL, SOURCE) ?? { bids: [], asks: [] };
        const { bids, asks } = levels;
        reached.push({
          applied,
          u: Number(output.change.venueUpdateId),
          bestBid: Number(bids[0]?.[0]),
          bestAsk: Number(asks[0]?.[0]),
          bids: bids.length,
          asks: asks.length,
          sha256: venueHash(levels, places),
        });
      }
    }
    expect(applied).toBe(expected.applied);
    expect(events.filter(isDiff)).toHaveLength(applied + tooOld);
    const wanted = expected.checkpoints.map(({ applied: at, u, bestBid, bestAsk, bids, asks, sha256 }) => {
      return { applied: at, u, bestBid, bestAsk, bids, asks, sha256 };
    });
    expect(reached).toEqual(wanted);
    expect(reached.length).toBeGreaterThan(5);
  });

  promise('has the venue’s best prices and sizes wherever a best price names the same update', () => {
    const engine = createBookEngine();
    const quotes = new Map(
      events.flatMap((event) => (event.kind === 'quote' ? [[String(event.updateId), event] as const] : [])),
    );
    let equal = 0;
    for (const event of events) {
      if (event.kind === 'quote') continue;
      for (const output of books(engine.process(event))) {
        const { bids, asks, venueUpdateId } = output.book();
        const quote = quotes.get(venueUpdateId ?? '');
        if (quote === undefined || output.change === null) continue;
        expect([bids[0], asks[0]]).toEqual([quote.bid, quote.ask].map((level) => level.map(decimal)));
        equal++;
      }
    }
    expect(equal).toBe(expected.exactU);
  });

  promise('is never crossed, and every change makes of the book before exactly the book after', () => {
    const engine = createBookEngine();
    let held: Book | null = null;
    let made = 0;
    for (const event of events) {
      for (const output of books(engine.process(event))) {
        const book = output.book();
        expect(compareDecimals(book.bids[0]?.[0] as Decimal, book.asks[0]?.[0] as Decimal)).toBe(-1);
        if (held !== null && output.change !== null) {
          held = applyBookChange(held, output.change);
          if (!isEqual(held, book)) expect(held).toEqual(book);
          made++;
        } else held = book;
      }
    }
    expect(made).toBe(expected.applied);
  });

  promise('comes out the same when it is played again', () => {
    const played = () => {
      const engine = createBookEngine();
      const hash = createHash('sha256');
      for (const event of events)
        for (const output of engine.process(event)) {
          hash.update(JSON.stringify(output));
          if (output.kind === 'book' && output.change === null) hash.update(JSON.stringify(output.book()));
        }
      return hash.digest('hex');
    };
    expect(played()).toBe(played());
  });

  promise('is stale after a diff that got lost, asks for a snapshot, and is right again with one', () => {
    const lost = events.filter(isDiff)[3_000];
    const whole = createBookEngine();
    const holed = createBookEngine();
    const told: string[] = [];
    const tell = (outputs: readonly EngineOutput[]) => {
      for (const output of outputs) {
        const word =
          output.kind !== 'book' ? output.kind : output.book().stale ? 'stale' : output.change ? 'change' : 'whole';
        if (told.at(-1) !== word) told.push(word);
      }
    };
    let diffsSinceAsked = Number.NEGATIVE_INFINITY;
    let answer: BookSnapshotHeard | null = null;
    for (const event of events) {
      whole.process(event);
      if (event !== lost) tell(holed.process(event));
      if (event.kind !== 'book-diff') continue;
      if (told.at(-1) === 'resync' && diffsSinceAsked < 0) diffsSinceAsked = 0;
      // The venue answers with the book as of the tenth diff from then; until that has come ten more have passed.
      if (++diffsSinceAsked === 10) answer = snapshotOf(whole, event);
      if (diffsSinceAsked === 20 && answer !== null) tell(holed.process(answer));
    }
    expect(told).toEqual(['whole', 'change', 'stale', 'resync', 'whole', 'change']);
    expect(topOf(holed)).toEqual(topOf(whole));
  });
});

/** What the venue would answer: a thousand levels, as of the diff. */
function snapshotOf(engine: BookEngine, { lastUpdateId, timestamp, receivedAt }: BookDiffHeard): BookSnapshotHeard {
  return {
    kind: 'book-snapshot',
    symbol: SYMBOL,
    source: SOURCE,
    lastUpdateId,
    timestamp,
    receivedAt,
    ...topOf(engine),
  };
}

function topOf(engine: BookEngine) {
  const { bids, asks } = engine.levels(SYMBOL, SOURCE) ?? { bids: [], asks: [] };
  return { bids: bids.slice(0, 1_000), asks: asks.slice(0, 1_000) };
}

/** Thirteen million levels are compared: this takes seconds where the test runner's own comparison takes minutes. */
function isEqual(a: Book, b: Book): boolean {
  const sides = [
    [a.bids, b.bids],
    [a.asks, b.asks],
  ] as const;
  return (
    a.checksum === b.checksum &&
    a.venueUpdateId === b.venueUpdateId &&
    sides.every(
      ([x, y]) =>
        x.length === y.length && x.every((level, index) => level[0] === y[index]?.[0] && level[1] === y[index]?.[1]),
    )
  );
}
