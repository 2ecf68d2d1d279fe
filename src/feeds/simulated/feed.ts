import type { Cancel, Clock } from '../../lib/clock.ts';
import { decimal } from '../../lib/decimal.ts';
import type { Log } from '../../lib/log.ts';
import type { VenueLevel } from '../../model/market-event.ts';
import type { Feed, FeedHealth, FeedSink, FeedState } from '../feed.ts';
import type { LadderLevel } from './ladder.ts';
import { type Market, marketsOf, SIMULATED } from './markets.ts';
import { FUNDING_INTERVAL_MS, Perpetual, STATS_INTERVAL_MS } from './perpetuals.ts';
import { Simulation, TICK_MS, type TickOutcome } from './simulation.ts';
import { venueText } from './text.ts';

/** Ticks between two tickers of a symbol: one a second. */
const TICKER_TICKS = 1_000 / TICK_MS;

const STATS_TICKS = STATS_INTERVAL_MS / TICK_MS;

const FUNDING_TICKS = FUNDING_INTERVAL_MS / TICK_MS;

/** Lots of open interest for each lot of a usual order: some thousands of positions. */
const INTEREST_ORDERS = 20_000;

/** Places of a rate and of an open interest, as text. */
const RATE_PLACES = 10;
const INTEREST_PLACES = 4;

/** Ticks lived through in one go by a process that was busy: more would block it again for longer than it is worth. */
const TICKS_A_RUN = 50;

/** Ticks behind (a minute) after which the venue is taken to have stood still: nobody wants an hour's trades at once. */
const TICKS_BEHIND = 600;

/**
 * Numbers a symbol may use up in a tick. A venue that starts again, with the same seed or another, numbers its trades and
 * updates from its starting time on, so its numbers are above all that an earlier life gave, as a real venue's are:
 * otherwise its first trades would be taken for repeats.
 */
const NUMBERS_A_TICK = 10_000;

export interface SimulatedFeedOptions {
  /** Symbols to list; all that there are for an empty list. */
  readonly symbols: readonly string[];
  readonly clock: Clock;
  /** The same seed gives the same prices, trades and books. */
  readonly seed: number;
  readonly log: Log;
}

interface Listed {
  readonly simulation: Simulation;
  /** Null for what is no perpetual. */
  readonly perpetual: Perpetual | null;
  lastTradeId: number;
  lastUpdateId: number;
}

/**
 * A venue in a box: everything that it tells follows from the seed and from how many ticks of {@link TICK_MS} have passed
 * since the start, however late or early its timer fires. Books follow the spot rule (diffs follow each other by number);
 * each trade meets a level of the book as it was last told. It never loses its thread by itself.
 *
 * @throws ApiError `BAD_USER_INPUT` for a symbol that the venue does not have.
 */
export function createSimulatedFeed(options: SimulatedFeedOptions): Feed {
  return new SimulatedFeed(options, marketsOf(options.symbols));
}

class SimulatedFeed implements Feed {
  readonly name = SIMULATED;
  readonly #options: SimulatedFeedOptions;
  readonly #markets: readonly Market[];
  readonly #resyncs = new Set<string>();
  #listed: readonly Listed[] = [];
  #sink: FeedSink | null = null;
  #state: FeedState = 'connecting';
  #cancel: Cancel = () => undefined;
  /** Time of tick 0, and the number of the last tick lived through. */
  #originMs = 0;
  #ticks = 0;
  #lastDataAt: number | null = null;

  constructor(options: SimulatedFeedOptions, markets: readonly Market[]) {
    this.#options = options;
    this.#markets = markets;
  }

  start(sink: FeedSink): void {
    if (this.#state !== 'connecting' || this.#sink) throw new Error('a feed is started once');
    const { clock, seed, log } = this.#options;
    this.#sink = sink;
    this.#originMs = clock.now();
    for (const { instrument } of this.#markets)
      this.#sink?.event({ kind: 'instrument', source: SIMULATED, instrument, ...this.#times(this.#originMs) });
    const numbered = Math.floor(this.#originMs / TICK_MS) * NUMBERS_A_TICK;
    this.#listed = this.#markets.map((market) => ({
      simulation: new Simulation(market, seed, this.#originMs),
      perpetual: perpetualOf(market, seed),
      lastTradeId: numbered,
      lastUpdateId: numbered,
    }));
    if (!this.#sink) return;
    this.#state = 'live';
    this.#sink.healthChanged();
    for (const listed of this.#listed) {
      this.#tellTicker(listed, this.#originMs);
      this.#tellBook(listed, this.#originMs);
    }
    if (!this.#sink) return;
    this.#cancel = clock.every(TICK_MS, () => this.#run());
    log.info({ seed, symbols: this.#markets.map((market) => market.instrument.symbol) }, 'simulated venue is open');
  }

  resync(symbol: string): void {
    // Told with the next tick: whoever asks is inside the handling of an event.
    this.#resyncs.add(symbol);
  }

  health(): FeedHealth {
    return { state: this.#state, message: '', errorCount: 0, recoveries: 0, lastDataAt: this.#lastDataAt };
  }

  async stop(): Promise<void> {
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    this.#cancel();
    this.#sink?.healthChanged();
    this.#sink = null;
  }

  #run(): void {
    const { clock, log } = this.#options;
    let due = Math.floor((clock.now() - this.#originMs) / TICK_MS) - this.#ticks;
    if (Math.abs(due) > TICKS_BEHIND) {
      log.warn({ ticks: due, tickMs: TICK_MS }, 'time has jumped; the simulated venue stood still meanwhile');
      this.#originMs += (due - 1) * TICK_MS;
      due = 1;
    }
    for (let tick = Math.min(due, TICKS_A_RUN); tick > 0 && this.#state === 'live'; tick--) this.#tick();
  }

  #tick(): void {
    this.#ticks++;
    const timeMs = this.#originMs + this.#ticks * TICK_MS;
    for (const [place, listed] of this.#listed.entries()) {
      const { symbol } = listed.simulation.market.instrument;
      this.#tellTick(listed, listed.simulation.tick(timeMs), timeMs);
      // Each symbol at its own tick of the second: a steady trickle, not a burst.
      if (this.#ticks % TICKER_TICKS === place % TICKER_TICKS) this.#tellTicker(listed, timeMs);
      if (this.#resyncs.delete(symbol)) this.#tellBook(listed, timeMs);
      if (listed.perpetual && this.#ticks % STATS_TICKS === 0) this.#tellStats(listed, listed.perpetual, timeMs);
    }
  }

  #tellTick(listed: Listed, outcome: TickOutcome, timeMs: number): void {
    const { market } = listed.simulation;
    const { symbol } = market.instrument;
    for (const { side, ticks, lots } of outcome.fills)
      this.#sink?.event({
        kind: 'trade',
        source: SIMULATED,
        symbol,
        tradeId: String(++listed.lastTradeId),
        ...levelText(market, ticks, lots),
        side,
        gapBefore: null,
        ...this.#times(timeMs),
      });
    if (outcome.changes === 0) return;
    const firstUpdateId = listed.lastUpdateId + 1;
    listed.lastUpdateId += outcome.changes;
    this.#sink?.event({
      kind: 'book-diff',
      source: SIMULATED,
      symbol,
      firstUpdateId,
      lastUpdateId: listed.lastUpdateId,
      previousUpdateId: null,
      bids: venueLevels(market, outcome.bids),
      asks: venueLevels(market, outcome.asks),
      ...this.#times(timeMs),
    });
  }

  #tellTicker({ simulation }: Listed, timeMs: number): void {
    const { market } = simulation;
    const { last, open, high, low, volume } = simulation.figures(timeMs);
    const price = (ticks: number): string => venueText(ticks, market.tickPlaces, market.pricePlaces);
    this.#sink?.event({
      kind: 'ticker',
      source: SIMULATED,
      symbol: market.instrument.symbol,
      last: price(last),
      open: price(open),
      high: price(high),
      low: price(low),
      volume: venueText(volume, market.lotPlaces, market.quantityPlaces),
      // Its shares trade round the clock: the session before ended a day ago.
      ...(market.instrument.kind === 'EQUITY' && { session: 'OPEN', previousClose: price(open) }),
      ...this.#times(timeMs),
    });
  }

  #tellStats({ simulation }: Listed, perpetual: Perpetual, timeMs: number): void {
    const { market } = simulation;
    const { last, volume } = simulation.figures(timeMs);
    const symbol = market.instrument.symbol;
    const facts = { source: SIMULATED, symbol, ...this.#times(timeMs) };
    const { longs, shorts, fundingRate } = perpetual;
    const price = last / 10 ** market.tickPlaces;
    this.#sink?.event({
      kind: 'market-stats',
      ...facts,
      markPrice: venueText(last, market.tickPlaces, market.pricePlaces),
      longOpenInterest: longs.toFixed(INTEREST_PLACES),
      shortOpenInterest: shorts.toFixed(INTEREST_PLACES),
      totalOpenInterest: (longs + shorts).toFixed(INTEREST_PLACES),
      volume24h: ((volume / 10 ** market.lotPlaces) * price).toFixed(2),
      fundingRate: fundingRate.toFixed(RATE_PLACES),
      fundingIntervalMs: FUNDING_INTERVAL_MS,
    });
    if (this.#ticks % FUNDING_TICKS === 0)
      this.#sink?.event({ kind: 'funding', ...facts, rate: fundingRate.toFixed(RATE_PLACES) });
    perpetual.step();
  }

  #tellBook({ simulation, lastUpdateId }: Listed, timeMs: number): void {
    const { market, book } = simulation;
    this.#sink?.event({
      kind: 'book-snapshot',
      source: SIMULATED,
      symbol: market.instrument.symbol,
      lastUpdateId,
      bids: venueLevels(market, book.bids.levels()),
      asks: venueLevels(market, book.asks.levels()),
      ...this.#times(timeMs),
    });
  }

  /** A tick's own time, and the time now: a process that was busy hears late. */
  #times(timestamp: number): { readonly timestamp: number; readonly receivedAt: number } {
    const receivedAt = this.#options.clock.now();
    this.#lastDataAt = receivedAt;
    return { timestamp, receivedAt };
  }
}

function perpetualOf(market: Market, seed: number): Perpetual | null {
  const { symbol, kind } = market.instrument;
  if (kind !== 'PERP') return null;
  return new Perpetual(seed, symbol, (market.orderLots * INTEREST_ORDERS) / 10 ** market.lotPlaces);
}

function levelText(market: Market, ticks: number, lots: number): { readonly price: string; readonly quantity: string } {
  return {
    price: venueText(ticks, market.tickPlaces, market.pricePlaces),
    quantity: venueText(lots, market.lotPlaces, market.quantityPlaces),
  };
}

function venueLevels(market: Market, levels: readonly LadderLevel[]): readonly VenueLevel[] {
  return levels.map(({ ticks, lots }) => {
    const { price, quantity } = levelText(market, ticks, lots);
    return [decimal(price), decimal(quantity)];
  });
}
