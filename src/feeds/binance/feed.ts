import type { Clock } from '../../lib/clock.ts';
import { badInput } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { MarketEvent } from '../../model/market-event.ts';
import { AttemptLimit } from '../attempt-limit.ts';
import type { Feed, FeedHealth, FeedSink, ToldTrades } from '../feed.ts';
import { HealthLedger } from '../health-ledger.ts';
import { NoticeLog } from '../notice-log.ts';
import { MarketSource } from './market.ts';
import { BINANCE, type BinanceMarket, type BinanceSymbol, binanceSymbol } from './symbols.ts';

/** The venue takes 300 connections in five minutes from one address. */
const CONNECTIONS = 300;
const CONNECTIONS_WINDOW_MS = 300_000;

/** Symbols named in a status message: the rest is a number. */
const SYMBOLS_NAMED = 5;

export interface BinanceFeedOptions {
  /** Spot as `BTCUSDT`, USD-M perpetuals as `BTCUSDT-PERP`; at least one. */
  readonly symbols: readonly string[];
  readonly urls: {
    readonly binanceWs: string;
    readonly binanceRest: string;
    readonly binanceFuturesWs: string;
    readonly binanceFuturesRest: string;
  };
  readonly clock: Clock;
  readonly log: Log;
  /** For jitter. */
  readonly random: () => number;
}

/**
 * Binance spot and USD-M futures: trades, 24 h tickers, best prices and books. Trades come in the order of their ids,
 * each once; a hole is filled from the venue's history, and told where that fails. Nothing is connected for a market
 * without symbols.
 *
 * @throws ApiError `BAD_USER_INPUT` for a symbol that cannot be the venue's, and for none.
 */
export function createBinanceFeed(options: BinanceFeedOptions): Feed {
  if (options.symbols.length === 0) throw badInput('symbols', 'binance needs at least one symbol');
  return new BinanceFeed(options, [...new Set(options.symbols)].map(binanceSymbol));
}

class BinanceFeed implements Feed {
  readonly name = BINANCE;
  readonly #symbols: readonly BinanceSymbol[];
  readonly #clock: Clock;
  readonly #health: HealthLedger;
  readonly #notices: NoticeLog;
  readonly #markets: ReadonlyMap<BinanceMarket, MarketSource>;
  #sink: FeedSink | null = null;
  #stopped = false;

  constructor({ urls, clock, log, random }: BinanceFeedOptions, symbols: readonly BinanceSymbol[]) {
    this.#symbols = symbols;
    this.#clock = clock;
    this.#health = new HealthLedger(clock, () => this.#sink?.healthChanged());
    this.#notices = new NoticeLog(clock, log);
    const attempts = new AttemptLimit(CONNECTIONS, CONNECTIONS_WINDOW_MS);
    const bases = {
      spot: { wsBase: urls.binanceWs, restBase: urls.binanceRest },
      usdm: { wsBase: urls.binanceFuturesWs, restBase: urls.binanceFuturesRest },
    } as const;
    const markets = (['spot', 'usdm'] as const).flatMap((market) => {
      const own = symbols.filter((symbol) => symbol.market === market);
      if (own.length === 0) return [];
      const source = new MarketSource({
        market,
        symbols: own,
        ...bases[market],
        attempts,
        clock,
        log,
        random,
        emit: (event) => this.#emit(event),
        data: (at) => this.#health.data(at),
        error: (kind, detail) => {
          this.#health.error();
          this.#notices.note(kind, detail);
        },
        changed: () => this.#review(),
      });
      return [[market, source] as const];
    });
    this.#markets = new Map(markets);
  }

  start(sink: FeedSink, told: ToldTrades = new Map()): void {
    if (this.#sink || this.#stopped) throw new Error('a feed is started once');
    this.#sink = sink;
    const now = this.#clock.now();
    for (const { instrument } of this.#symbols)
      sink.event({ kind: 'instrument', source: BINANCE, instrument, timestamp: now, receivedAt: now });
    this.#review();
    for (const market of this.#markets.values()) market.start(told);
  }

  resync(symbol: string): void {
    const market = this.#symbols.find((known) => known.symbol === symbol)?.market;
    if (market !== undefined && !this.#stopped) this.#markets.get(market)?.resync(symbol);
  }

  health(): FeedHealth {
    return this.#health.get();
  }

  async stop(): Promise<void> {
    if (!this.#stopped) {
      this.#health.set('stopped', 'stopped');
      this.#stopped = true;
      this.#health.close();
    }
    await Promise.all(Array.from(this.#markets.values(), (market) => market.stop()));
  }

  #emit(event: MarketEvent): void {
    if (!this.#stopped) this.#sink?.event(event);
  }

  #review(): void {
    if (this.#stopped) return;
    const markets = [...this.#markets.values()];
    const troubles = markets.map(({ trouble }) => trouble).filter((trouble) => trouble !== '');
    if (troubles.length > 0) return this.#health.set('connecting', troubles.join('; '));
    const waiting = markets.flatMap(({ outOfStep }) => outOfStep);
    if (waiting.length === 0) return this.#health.set('live', '');
    const more = waiting.length > SYMBOLS_NAMED ? ` and ${waiting.length - SYMBOLS_NAMED} more` : '';
    this.#health.set('stale', `waiting for the order book of ${waiting.slice(0, SYMBOLS_NAMED).join(', ')}${more}`);
  }
}
