/**
 * How many book updates a second one core takes through matching, with 10,000 orders at rest on 20 symbols: the simulated venue's ticks, as
 * the book engine makes changes of them. `npm run bench:orders`.
 */
import { cpus, loadavg } from 'node:os';
import { createBookEngine } from '../src/engines/book/book-engine.ts';
import type { PaperEvent } from '../src/engines/paper/events.ts';
import { PaperVenue } from '../src/engines/paper/paper-venue.ts';
import { createSimulatedFeed } from '../src/feeds/simulated/feed.ts';
import type { Clock } from '../src/lib/clock.ts';
import { decimal, ZERO } from '../src/lib/decimal.ts';
import { createLog } from '../src/lib/log.ts';
import type { Instrument } from '../src/model/instrument.ts';
import type { MarketEvent } from '../src/model/market-event.ts';
import type { Order } from '../src/model/order.ts';

const SYMBOLS = 20;
const ORDERS = 10_000;
/** Orders of one owner: a venue takes no more than a thousand of anybody. */
const ORDERS_AN_OWNER = 500;
/** Seeds of the venue: each gives eight symbols, of which twenty are taken. */
const SEEDS = [1, 2, 3];
const TICK_MS = 100;
const TICKS = 1_500;
const ROUNDS = 3;
const START = Date.UTC(2026, 0, 1);

/** Time that passes when it is told to. */
class HandClock implements Clock {
  #now = START;
  readonly #timers: (() => void)[] = [];

  now(): number {
    return this.#now;
  }

  after(): () => void {
    return () => undefined;
  }

  every(_ms: number, run: () => void): () => void {
    this.#timers.push(run);
    return () => undefined;
  }

  tick(): void {
    this.#now += TICK_MS;
    for (const run of this.#timers) run();
  }
}

/** What the paper venue hears of one seed's symbols, tick by tick. */
function heard(seed: number): PaperEvent[][] {
  const clock = new HandClock();
  const feed = createSimulatedFeed({ symbols: [], clock, seed, log: createLog('silent') });
  const books = createBookEngine();
  let tick: PaperEvent[] = [];
  const named = (symbol: string) => `${symbol}.${seed}`;
  const take = (event: MarketEvent): void => {
    if (event.kind === 'instrument') {
      const instrument: Instrument = { ...event.instrument, symbol: named(event.instrument.symbol) };
      tick.push({ kind: 'instrument', instrument });
    }
    if (event.kind === 'trade') {
      const { price, quantity, symbol, ...facts } = event;
      tick.push({
        kind: 'trade',
        trade: { ...facts, symbol: named(symbol), price: decimal(price), quantity: decimal(quantity) },
      });
    }
    for (const output of books.process(event)) {
      if (output.kind !== 'book') continue;
      const symbol = named(output.symbol);
      if (output.change) tick.push({ kind: 'book-change', change: { ...output.change, symbol } });
      else tick.push({ kind: 'book', book: { ...output.book(), symbol } });
    }
  };
  feed.start({ event: take, healthChanged: () => undefined });
  const ticks = [tick];
  for (let at = 0; at < TICKS; at++) {
    tick = [];
    clock.tick();
    ticks.push(tick);
  }
  return ticks;
}

const symbolOf = (event: PaperEvent): string =>
  event.kind === 'instrument'
    ? event.instrument.symbol
    : event.kind === 'trade'
      ? event.trade.symbol
      : event.kind === 'book-change'
        ? event.change.symbol
        : event.kind === 'book'
          ? event.book.symbol
          : '';

function restingOrder(at: number, symbol: string, best: number): Order {
  // From a tick below the best bid down to five per cent away.
  const price = (best * (1 - 0.0002 - (at % 500) * 0.0001)).toFixed(2);
  return {
    id: `bench-${at}`,
    owner: `0x${Math.floor(at / ORDERS_AN_OWNER)
      .toString(16)
      .padStart(40, '0')}`,
    clientOrderId: `bench-${at}`,
    venue: 'paper',
    botId: null,
    version: 1,
    symbol,
    side: 'BUY',
    type: 'LIMIT',
    quantity: decimal('1'),
    price: decimal(price),
    stopPrice: null,
    timeInForce: 'GTC',
    postOnly: false,
    reduceOnly: false,
    status: 'PENDING',
    filledQuantity: ZERO,
    filledValue: ZERO,
    averagePrice: null,
    fees: ZERO,
    triggeredAt: null,
    rejection: null,
    createdAt: START,
    updatedAt: START,
  };
}

const streams = SEEDS.map(heard);
const first = streams.flatMap(([opening = []]) => opening);
const listed = [...new Set(first.map(symbolOf))].slice(0, SYMBOLS);
const kept = new Set(listed);
const ticks = Array.from({ length: TICKS }, (_, at) =>
  streams.flatMap((stream) => stream[at + 1] ?? []).filter((event) => kept.has(symbolOf(event))),
);
const updates = ticks.flat().filter(({ kind }) => kind === 'book-change').length;
const trades = ticks.flat().filter(({ kind }) => kind === 'trade').length;

console.log(
  `${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}, load ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}`,
);
console.log(`${updates} book updates and ${trades} trades of ${listed.length} symbols`);
for (let round = 0; round < ROUNDS; round++) {
  const cash = decimal('1000000000000');
  const venue = new PaperVenue({
    startingCash: [
      { currency: 'USDT', amount: cash },
      { currency: 'USD', amount: cash },
    ],
  });
  for (const event of first) if (kept.has(symbolOf(event))) venue.process(event);
  const best = new Map(
    first.flatMap((event) => (event.kind === 'book' ? [[event.book.symbol, event.book] as const] : [])),
  );
  for (let at = 0; at < ORDERS; at++) {
    const symbol = listed[at % listed.length] ?? '';
    venue.process({
      kind: 'place',
      order: restingOrder(at, symbol, Number(best.get(symbol)?.bids[0]?.[0])),
      now: START,
    });
  }
  const resting = venue.open;
  const before = process.cpuUsage();
  let fills = 0;
  for (const tick of ticks)
    for (const event of tick) for (const output of venue.process(event)) if (output.kind === 'execution') fills++;
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  console.log(
    `round ${round + 1}: ${Math.round(updates / seconds)} book updates/s of processor time, ${resting} orders at rest, ${fills} fills`,
  );
}
