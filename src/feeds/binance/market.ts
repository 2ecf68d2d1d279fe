import type { MarketEvent } from '../../model/market-event.ts';
import type { AttemptLimit } from '../attempt-limit.ts';
import type { ToldTrades } from '../feed.ts';
import { BinanceRest } from './rest.ts';
import { SnapshotDesk } from './snapshot-desk.ts';
import { StreamGroup, type StreamGroupOptions, type StreamSink } from './stream-group.ts';
import { planStreams } from './streams.ts';
import { BINANCE, type BinanceMarket, type BinanceSymbol } from './symbols.ts';
import { TradeSequence } from './trade-sequence.ts';

export interface MarketOptions extends Pick<StreamGroupOptions, 'clock' | 'log' | 'random'> {
  readonly market: BinanceMarket;
  readonly symbols: readonly BinanceSymbol[];
  readonly wsBase: string;
  readonly restBase: string;
  readonly attempts: AttemptLimit;
  readonly emit: (event: MarketEvent) => void;
  readonly data: (at: number) => void;
  readonly error: (kind: string, detail: Readonly<Record<string, unknown>>) => void;
  /** {@link MarketSource.trouble} or {@link MarketSource.outOfStep} has changed. */
  readonly changed: () => void;
}

/** One of the venue's two markets: its connections, its snapshots, the order of its trades. */
export class MarketSource {
  readonly #options: MarketOptions;
  readonly #desk: SnapshotDesk;
  readonly #trades: ReadonlyMap<string, TradeSequence>;
  readonly #groups: readonly StreamGroup[];

  constructor(options: MarketOptions) {
    const { market, symbols, wsBase, restBase, attempts, clock, log, random, emit } = options;
    this.#options = options;
    const rest = new BinanceRest(market, restBase, clock);
    const bySymbol = new Map(symbols.map((of) => [of.symbol, of]));
    this.#desk = new SnapshotDesk({
      symbols: [...bySymbol.keys()],
      fetch: (symbol, signal) => rest.snapshot(bySymbol.get(symbol) as BinanceSymbol, signal),
      emit,
      changed: options.changed,
      failed: (symbol, reason) => options.error(`${market} snapshot`, { symbol, reason }),
      clock,
      random,
      log,
    });
    const sequence = (of: BinanceSymbol) =>
      new TradeSequence({
        symbol: of.symbol,
        emit,
        past: (fromId, toId, signal) => rest.pastTrades(of, fromId, toId, signal),
        log,
      });
    this.#trades = new Map(symbols.map((of) => [of.symbol, sequence(of)]));
    const sink = this.#sink();
    this.#groups = planStreams(market, symbols, wsBase).map(
      (plan) => new StreamGroup({ plan, sink, attempts, clock, log, random }),
    );
  }

  start(told: ToldTrades): void {
    for (const [symbol, sequence] of this.#trades) {
      const last = told.get(symbol)?.at(-1);
      if (last) sequence.goOnAfter(Number(last.tradeId), last.timestamp);
    }
    for (const group of this.#groups) group.start();
  }

  resync(symbol: string): void {
    this.#desk.resync(symbol);
  }

  /** Why symbols of this market get no data; empty when all do. */
  get trouble(): string {
    const trouble = this.#groups.find((group) => group.trouble !== '')?.trouble;
    return trouble === undefined ? '' : `${this.#options.market}: ${trouble}`;
  }

  /** Symbols whose book waits for a snapshot. */
  get outOfStep(): readonly string[] {
    return this.#desk.wanted();
  }

  async stop(): Promise<void> {
    this.#desk.stop();
    for (const sequence of this.#trades.values()) sequence.stop();
    await Promise.all(this.#groups.map((group) => group.stop()));
  }

  #sink(): StreamSink {
    const { emit, data, error, changed, clock } = this.#options;
    return {
      diff: (diff) => {
        this.#desk.diffHeard(diff.symbol);
        emit(diff);
      },
      trade: (trade) => this.#trades.get(trade.symbol)?.accept(trade),
      noTrade: (symbol, tradeId, timestamp) => this.#trades.get(symbol)?.skip(tradeId, timestamp),
      continues: (symbol, tradeId) => this.#trades.get(symbol)?.continuesWith(tradeId) ?? false,
      other: emit,
      lost: (symbols, reason) => {
        this.#desk.reset(symbols);
        const now = clock.now();
        emit({ kind: 'disconnected', source: BINANCE, symbols, reason, timestamp: now, receivedAt: now });
      },
      data,
      error,
      changed,
    };
  }
}
