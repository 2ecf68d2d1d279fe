import type { Bus } from '../bus/bus.ts';
import { topics } from '../bus/topics.ts';
import type { Engine, EngineOutput } from '../engines/engine.ts';
import type { Feed, ToldTrades } from '../feeds/feed.ts';
import { background } from '../lib/background.ts';
import type { Cancel, Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Book, BookChange } from '../model/book.ts';
import type { Instrument } from '../model/instrument.ts';
import type { InstrumentListed, MarketEvent } from '../model/market-event.ts';
import type { MarketStats } from '../model/market-stats.ts';
import type { Price } from '../model/price.ts';
import { type ListedToken, tokensOf } from '../model/token.ts';
import type { ArchiveWriter } from '../store/archive/archive-writer.ts';
import { EventPublisher } from './event-publisher.ts';
import { FailureLog } from './failure-log.ts';
import { DOWN_AFTER_MS, feedStatus, STARTING_MS } from './feed-health.ts';
import type { MarketRecorder } from './market-recorder.ts';
import { type PriceOutlet, PriceSources } from './price-sources.ts';
import { StatePublisher } from './state-publisher.ts';
import { StateThrottle } from './state-throttle.ts';
import { TradePublisher } from './trade-publisher.ts';
import { type ComponentHealth, defineWorker, type Worker } from './worker.ts';

/** Least time between two prices of one of a symbol's further tokens, milliseconds: each costs what the symbol's own does. */
const TOKEN_INTERVAL_MS = 1_000;

export interface MarketDataOptions {
  /** Started and stopped by the worker. */
  readonly feed: Feed;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Log;
  /** Each is given every event of the feed. They are this worker's own: an engine serves one feed. */
  readonly bookEngine: Engine;
  readonly pricesEngine: Engine;
  readonly marketStatsEngine: Engine;
  /** Writes prices and markets down; null where nothing does. */
  readonly recorder?: MarketRecorder | null;
  /** Where fundings last; null where nothing does. */
  readonly archive: ArchiveWriter | null;
  /** Least time between two prices of one symbol and source, milliseconds; 0 publishes every update. */
  readonly priceIntervalMs: number;
  /** Shared by all feeds of a process; left out, this feed's prices stand alone. */
  readonly sources?: PriceSources;
  /** The source that stands for a symbol, where it is another feed: its instrument is then the other's to announce. */
  readonly primarySources?: ReadonlyMap<string, string>;
  /** What was last told of this feed's trades, by whichever process; left out, it begins anew. */
  readonly told?: () => Promise<ToldTrades>;
  /** What tells this feed from the same one that another process follows for other symbols; left out, it is followed once. */
  readonly suffix?: string;
  /** The same of a market as a whole. */
  readonly marketStatsIntervalMs: number;
}

/**
 * What one feed says, understood by the engines, on the bus: instruments, prices, trades and order books, in the order in
 * which the engines put them out. Reports as the component `feed:<name>`, where the symbols are shared out `feed:<name>/<share>`.
 */
export function createMarketDataWorker(options: MarketDataOptions): Worker {
  const name = `feed:${options.feed.name}${options.suffix ?? ''}`;
  const market = new MarketData(name, options);
  return defineWorker({
    name,
    start: (healthChanged) => market.start(healthChanged),
    health: () => market.health(),
    stop: () => market.stop(),
  });
}

class MarketData {
  readonly #name: string;
  readonly #feed: Feed;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #engines: readonly Engine[];
  readonly #engineFailures: FailureLog;
  readonly #publishFailures: FailureLog;
  readonly #instruments: StatePublisher<Instrument>;
  readonly #prices: StatePublisher<Price>;
  readonly #books: StatePublisher<Book, BookChange>;
  readonly #trades: TradePublisher;
  readonly #events: EventPublisher;
  readonly #marketStats: StatePublisher<MarketStats>;
  readonly #throttle: StateThrottle<Price>;
  readonly #tokenThrottle: StateThrottle<Price>;
  readonly #outlet: PriceOutlet;
  readonly #recorder: MarketRecorder | null;
  readonly #primarySources: ReadonlyMap<string, string>;
  readonly #told: (() => Promise<ToldTrades>) | null;
  /** Tokens of a symbol beyond its main one. */
  readonly #furtherTokens = new Map<string, readonly ListedToken[]>();
  readonly #statsThrottle: StateThrottle<MarketStats>;
  /** Symbols whose book cannot be trusted until a snapshot comes. */
  readonly #outOfStep = new Set<string>();
  #healthChanged: () => void = () => undefined;
  #startedAt: number;
  #everLive = false;
  /** Null while the feed is live. */
  #notLiveSince: number | null;
  #cancelDown: Cancel | null = null;
  #stopped = false;

  constructor(name: string, options: MarketDataOptions) {
    const { feed, bus, clock, log } = options;
    this.#name = name;
    this.#feed = feed;
    this.#clock = clock;
    this.#log = log.child({ worker: name });
    this.#engines = [options.pricesEngine, options.bookEngine, options.marketStatsEngine];
    this.#engineFailures = new FailureLog('an engine failed on an event', clock, this.#log);
    this.#publishFailures = new FailureLog('the bus refused to publish', clock, this.#log);
    const shared = { bus, clock, failures: this.#publishFailures, storeLost: () => this.#republish() };
    this.#instruments = new StatePublisher({ topic: topics.instruments, ...shared });
    this.#prices = new StatePublisher({ topic: topics.prices, ...shared });
    this.#books = new StatePublisher({ topic: topics.orderbook, ...shared });
    this.#trades = new TradePublisher(bus, this.#publishFailures);
    this.#events = new EventPublisher(bus, options.archive, this.#publishFailures);
    this.#marketStats = new StatePublisher({ topic: topics.marketStats, ...shared });
    const { priceIntervalMs, marketStatsIntervalMs } = options;
    this.#recorder = options.recorder ?? null;
    this.#told = options.told ?? null;
    const publish = (price: Price) => this.#prices.publish(price);
    this.#throttle = new StateThrottle(clock, priceIntervalMs, topics.prices.keyOf, publish);
    const tokenIntervalMs = Math.max(TOKEN_INTERVAL_MS, priceIntervalMs);
    this.#tokenThrottle = new StateThrottle(clock, tokenIntervalMs, topics.prices.keyOf, publish);
    const sources = options.sources ?? new PriceSources(clock);
    this.#outlet = sources.join(feed.name, (price) => this.#price(price));
    this.#primarySources = options.primarySources ?? new Map();
    this.#statsThrottle = new StateThrottle(clock, marketStatsIntervalMs, topics.marketStats.keyOf, (stats) =>
      this.#marketStats.publish(stats),
    );
    this.#startedAt = clock.now();
    this.#notLiveSince = this.#startedAt;
  }

  start(healthChanged: () => void): void {
    this.#healthChanged = healthChanged;
    this.#startedAt = this.#clock.now();
    this.#notLiveSince = this.#startedAt;
    // Passing the limit changes the status although nothing happens then.
    this.#cancelDown = this.#clock.after(STARTING_MS, healthChanged);
    if (this.#told) background('go on after what was told', this.#goOnAfter(this.#told), this.#log);
    else this.#listen(new Map());
  }

  health(): ComponentHealth {
    const feed = this.#feed.health();
    const notLiveForMs = this.#notLiveSince === null ? 0 : this.#clock.now() - this.#notLiveSince;
    return {
      name: this.#name,
      ...feedStatus({ feed, everLive: this.#everLive, notLiveForMs, outOfStep: [...this.#outOfStep] }),
      startedAt: this.#startedAt,
      lastUpdate: feed.lastDataAt,
      errorCount: feed.errorCount + this.#engineFailures.count + this.#publishFailures.count,
      recoveries: feed.recoveries,
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelDown?.();
    this.#outlet.leave();
    this.#throttle.stop();
    this.#tokenThrottle.stop();
    this.#statsThrottle.stop();
    for (const publisher of [this.#instruments, this.#prices, this.#books, this.#marketStats]) publisher.stop();
    await this.#feed.stop();
  }

  /** What a venue traded while nobody listened to it is a hole, and not before our time. */
  async #goOnAfter(told: () => Promise<ToldTrades>): Promise<void> {
    const known = await told().catch((error: unknown): ToldTrades => {
      this.#log.warn(
        { reason: messageOf(error) },
        'what was told last is not known: what was traded since is not looked for',
      );
      return new Map();
    });
    if (!this.#stopped) this.#listen(known);
  }

  #listen(told: ToldTrades): void {
    this.#feed.start({ event: (event) => this.#heard(event), healthChanged: () => this.#feedChanged() }, told);
  }

  #feedChanged(): void {
    if (this.#stopped) return;
    if (this.#feed.health().state === 'live') {
      this.#everLive = true;
      this.#notLiveSince = null;
      this.#cancelDown?.();
    } else if (this.#notLiveSince === null) {
      this.#notLiveSince = this.#clock.now();
      this.#cancelDown = this.#clock.after(DOWN_AFTER_MS, this.#healthChanged);
    }
    this.#healthChanged();
  }

  #heard(heard: MarketEvent): void {
    if (this.#stopped) return;
    const event = heard.kind === 'instrument' ? this.#announced(heard) : heard;
    for (const engine of this.#engines) for (const output of this.#outputs(engine, event)) this.#publish(output);
  }

  #announced(event: InstrumentListed): InstrumentListed {
    const { symbol } = event.instrument;
    const primarySource = this.#primarySources.get(symbol) ?? event.instrument.primarySource;
    const instrument = { ...event.instrument, primarySource };
    this.#furtherTokens.set(
      symbol,
      tokensOf(instrument).filter(({ further }) => further),
    );
    if (primarySource === event.instrument.primarySource) this.#instruments.publish(instrument);
    return { ...event, instrument };
  }

  #price(price: Price): void {
    if (this.#stopped) return;
    this.#recorder?.price(price);
    this.#throttle.offer(price);
    for (const token of this.#furtherTokens.get(price.symbol) ?? []) this.#tokenThrottle.offer({ ...price, token });
  }

  /** An engine does not throw; if one does all the same, it must cost one event and not the process. */
  #outputs(engine: Engine, event: MarketEvent): readonly EngineOutput[] {
    try {
      return engine.process(event);
    } catch (error) {
      this.#engineFailures.note(error, { event: event.kind, symbol: 'symbol' in event ? event.symbol : '' });
      if (event.kind !== 'book-snapshot' && event.kind !== 'book-diff') return [];
      return [{ kind: 'resync', symbol: event.symbol, source: event.source, reason: 'the engine failed on an update' }];
    }
  }

  #publish(output: EngineOutput): void {
    switch (output.kind) {
      case 'price':
        this.#outlet.offer(output.price);
        break;
      case 'trade':
        this.#trades.publish(output.trade);
        break;
      case 'book': {
        const book = output.book();
        this.#books.publish(book, output.change);
        this.#setOutOfStep(output.symbol, book.stale);
        break;
      }
      case 'market-stats':
        this.#recorder?.stats(output.stats);
        this.#statsThrottle.offer(output.stats);
        break;
      case 'funding':
        if (output.past) this.#events.publishUnlessKept(topics.fundingRates, output.funding);
        else this.#events.publish(topics.fundingRates, output.funding);
        break;
      case 'resync':
        this.#log.warn(
          { symbol: output.symbol, reason: output.reason },
          'order book out of step; asking for a snapshot',
        );
        this.#feed.resync(output.symbol);
        this.#setOutOfStep(output.symbol, true);
        break;
    }
  }

  #setOutOfStep(symbol: string, outOfStep: boolean): void {
    if (this.#outOfStep.has(symbol) === outOfStep) return;
    if (outOfStep) this.#outOfStep.add(symbol);
    else this.#outOfStep.delete(symbol);
    this.#healthChanged();
  }

  #republish(): void {
    this.#log.warn('the store has lost its latest values; publishing all of them again');
    for (const publisher of [this.#instruments, this.#prices, this.#books, this.#marketStats]) publisher.republish();
  }
}
