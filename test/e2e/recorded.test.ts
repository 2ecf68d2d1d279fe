import { randomUUID } from 'node:crypto';
import { createClient } from 'graphql-ws';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { type BookFrame, DeltaBook } from '../support/delta-book.ts';
import { RecordedVenue } from '../support/recorded-venue.ts';
import { futuresRecording, type Recording, spotRecording } from '../support/recording.ts';
import { RecordingBook } from '../support/recording-book.ts';
import { startRole } from '../support/role.ts';
import { eventually, query } from '../support/server.ts';
import { until } from '../support/until.ts';

const MISSING = 'the recordings are not here: set RECORDINGS_DIR, or put them at ../shared/recordings';

/** Changes of the book played before its reader is waited for: fewer than make a reader count as behind. */
const CHUNK = 8;

/** Of each recording; the tests of the feed and of the book's engine take them whole, in one process. */
const FRAMES = 8_000;

/** A worker and an api as processes of their own, on the real Redis, before a venue that plays a recording. */
async function stage(recording: Recording) {
  const venue = await RecordedVenue.start({ recordings: [recording] });
  onTestFinished(() => venue.close());
  const symbol = recording.market === 'spot' ? recording.pair : `${recording.pair}-PERP`;
  // A database of its own on the shared server would not do: Redis publishes across databases.
  const environment = {
    REDIS_URL: inject('redisUrl'),
    REDIS_PREFIX: randomUUID(),
    FEEDS: 'binance',
    SYMBOLS: symbol,
    BINANCE_WS_URL: venue.wsUrl,
    BINANCE_REST_URL: venue.restUrl,
    BINANCE_FUTURES_WS_URL: venue.wsUrl,
    BINANCE_FUTURES_REST_URL: venue.restUrl,
    LOG_LEVEL: 'info',
  };
  const api = await startRole('api', environment);
  const worker = await startRole('worker', environment);
  const client = createClient({ url: `${api.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
  onTestFinished(async () => client.dispose());
  await eventually('the venue has its client', () => venue.connections > 0);
  await eventually('the instrument is known', async () => {
    const { data } = await query<{ instrument: unknown }>(api.url, `{ instrument(symbol: "${symbol}") { id } }`);
    return data?.instrument !== null;
  });
  return { venue, symbol, api, worker, client };
}

type Stage = Awaited<ReturnType<typeof stage>>;

/** Everything that a subscription brings, as it comes. */
function follow<Value>({ client }: Stage, text: string): Value[] {
  const values: Value[] = [];
  client.subscribe<Record<string, Value>>(
    { query: text },
    {
      next: ({ data, errors }) => {
        if (errors || !data) throw new Error(JSON.stringify(errors));
        values.push(...Object.values(data));
      },
      error: (error) => {
        throw new Error(JSON.stringify(error));
      },
      complete: () => undefined,
    },
  );
  return values;
}

/** Follows a book as changes, proving it at every frame. */
function followBook({ client, symbol }: Stage) {
  const book = new DeltaBook();
  const frames: { readonly frame: BookFrame; readonly bid: readonly string[]; readonly ask: readonly string[] }[] = [];
  const failures: string[] = [];
  client.subscribe<{ orderbook: BookFrame }>(
    {
      query: `subscription { orderbook(symbol: "${symbol}", format: DELTA) {
        bids { price size } asks { price size } sequence previousSequence checksum stale venueUpdateId } }`,
    },
    {
      next: ({ data }) => {
        if (!data) return;
        try {
          book.apply(data.orderbook);
          frames.push({ frame: data.orderbook, bid: book.bids[0] ?? [], ask: book.asks[0] ?? [] });
        } catch (error) {
          failures.push(String(error));
        }
      },
      error: (error) => failures.push(JSON.stringify(error)),
      complete: () => undefined,
    },
  );
  return { book, frames, failures };
}

const canonical = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

interface Told {
  readonly data: Readonly<Record<string, string & number>>;
}

/** Plays everything that is left, a chunk at a time, waiting for the reader of the book after each. */
async function playPaced({ venue }: Stage, seen: () => number): Promise<void> {
  await venue.playTo((frame) => frame.stream.includes('@depth'));
  await eventually('the book was asked for', () => venue.requests.some(({ path }) => path.endsWith('/depth')));
  while (venue.left > 0) {
    let last = '';
    for (let diffs = 0; diffs < CHUNK && venue.left > 0; ) {
      const [frame] = await venue.play(1);
      if (!frame?.stream.includes('@depth')) continue;
      last = frame.text;
      diffs++;
    }
    if (last === '') return;
    const { u } = (JSON.parse(last) as Told).data;
    await until(`the book of ${u}`, () => seen() >= Number(u));
  }
}

describe.each([
  // How many changes carry the number of a best price that was recorded beside them: counted by an independent script.
  ['spot', spotRecording, 117],
  ['futures', futuresRecording, 61],
] as const)(
  'a recording of real %s frames, through a worker, Redis and an api, to a stock client',
  (_market, load, exact) => {
    const recording = load();

    test.skipIf(recording === null)(
      `arrives whole, in order and right (skipped where ${MISSING})`,
      { timeout: 240_000 },
      async () => {
        if (!recording) return;
        const part = { ...recording, frames: recording.frames.slice(0, FRAMES) };
        const run = await stage(part);
        const { venue, symbol, api } = run;
        const trades = follow<{ tradeId: string }>(
          run,
          `subscription { trades(filter: {symbols: ["${symbol}"]}) { tradeId } }`,
        );
        const prices = follow<{ price: string; open24h: string | null }>(
          run,
          `subscription { prices(filter: {symbols: ["${symbol}"]}) { price open24h } }`,
        );
        const { book, frames, failures } = followBook(run);
        await eventually(
          'all three are live',
          async () =>
            ((await (await fetch(`${api.url}/status`)).json()) as { subscriptions: number }).subscriptions === 3,
        );
        await playPaced(run, () => Number(frames.at(-1)?.frame.venueUpdateId ?? 0));

        const told = part.frames.map(({ stream, text }) => ({ stream, ...(JSON.parse(text) as Told) }));
        const tradeIds = told.flatMap(({ stream, data }) => (stream.endsWith('@trade') ? String(data['t']) : []));
        await eventually('every trade', () => trades.length >= tradeIds.length);
        expect(trades.map(({ tradeId }) => tradeId)).toEqual(tradeIds);
        expect(failures).toEqual([]);
        expect(frames.some(({ frame }) => frame.stale)).toBe(false);
        for (const { bid, ask } of frames) expect(Number(bid[0])).toBeLessThan(Number(ask[0]));

        const lastTrade = told.findLast(({ stream }) => stream.endsWith('@trade'));
        await eventually('the last price', () => prices.at(-1)?.price === canonical(String(lastTrade?.data['p'])));
        expect(prices.at(-1)?.open24h).toBeNull();

        const best = new Map(
          told.flatMap(({ stream, data }) =>
            stream.endsWith('@bookTicker') ? [[String(data['u']), data] as const] : [],
          ),
        );
        const met = frames.flatMap(({ frame, bid, ask }) => {
          const ticker = best.get(frame.venueUpdateId);
          return ticker && !frame.stale
            ? [{ shown: [...bid, ...ask], ticker: ['b', 'B', 'a', 'A'].map((name) => canonical(String(ticker[name]))) }]
            : [];
        });
        expect(book.wholes).toBe(1);
        expect(met.length).toBe(exact);
        for (const { shown, ticker } of met) expect(shown).toEqual(ticker);

        const whole = wholeBook(part);
        expect(book.bids).toEqual(whole.bids);
        expect(book.asks).toEqual(whole.asks);
        const { data } = await query<{ orderbook: { bids: object[]; asks: object[] } }>(
          api.url,
          `{ orderbook(symbol: "${symbol}", depth: 1000) { bids { price size } asks { price size } } }`,
        );
        expect(data?.orderbook.bids).toEqual(whole.bids.map(([price, size]) => ({ price, size })));
        expect(data?.orderbook.asks).toEqual(whole.asks.map(([price, size]) => ({ price, size })));
        expect(venue.connections).toBeGreaterThan(0);
      },
    );

    test.skipIf(recording === null)(
      `of which a frame is lost leads to stale, a resync, and the right book after it (skipped where ${MISSING})`,
      { timeout: 240_000 },
      async () => {
        if (!recording) return;
        const short = { ...recording, frames: recording.frames.slice(0, FRAMES) };
        const run = await stage(short);
        const { book, frames, failures } = followBook(run);
        const { venue } = run;
        await venue.playTo((frame) => frame.stream.includes('@depth'));
        await eventually('the book was asked for', () => venue.requests.some(({ path }) => path.endsWith('/depth')));
        await venue.play(4_000);
        await eventually('a book is there', () => frames.length > 0);
        venue.dropNext((frame) => frame.stream.includes('@depth'));
        const answer = venue.holdAnswers();
        await venue.play(2_000);
        await eventually('it is stale', () => frames.at(-1)?.frame.stale === true);
        await eventually('the status says so', async () => {
          const { data } = await query<{ systemStatus: { status: string } }>(
            run.api.url,
            '{ systemStatus { status message } }',
          );
          return data?.systemStatus.status === 'DEGRADED';
        });
        answer();
        await eventually('it is fresh again', () => frames.at(-1)?.frame.stale === false);
        await venue.playAll();
        const whole = wholeBook(short);
        const last = short.frames.findLast((frame) => frame.stream.includes('@depth'));
        const { u } = (JSON.parse(last?.text ?? '') as Told).data;
        await eventually('the last update', () => frames.at(-1)?.frame.venueUpdateId === String(u));
        expect(failures).toEqual([]);
        expect(book.bids.slice(0, 500)).toEqual(whole.bids.slice(0, 500));
        expect(book.asks.slice(0, 500)).toEqual(whole.asks.slice(0, 500));
        await eventually('the status is well again', async () => {
          const { data } = await query<{ systemStatus: { status: string } }>(
            run.api.url,
            '{ systemStatus { status } }',
          );
          return data?.systemStatus.status === 'HEALTHY';
        });
      },
    );
  },
);

/** The best 1,000 levels a side of the venue's own book at the end of a recording, in canonical text. */
function wholeBook(recording: Recording) {
  const book = new RecordingBook(recording);
  for (const frame of recording.frames) if (frame.stream.includes('@depth')) book.apply(frame);
  const { bids, asks } = JSON.parse(book.body(1_000)) as { bids: [string, string][]; asks: [string, string][] };
  const side = (levels: [string, string][]) => levels.map(([price, size]) => [canonical(price), canonical(size)]);
  return { bids: side(bids), asks: side(asks) };
}
