import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { BookDiffHeard, MarketEvent, TradeHeard } from '../../model/market-event.ts';
import type { AttemptLimit } from '../attempt-limit.ts';
import { type ConnectionListener, type SocketRole, VenueConnection } from '../connection.ts';
import { Handover } from './handover.ts';
import { type BinanceMapper, type BinanceNotice, createBinanceMapper } from './mapper.ts';
import type { StreamPlan } from './streams.ts';
import { BINANCE } from './symbols.ts';

/** The venue takes five messages a second, pongs included: four leave one for the pong. Milliseconds between two. */
const REQUEST_INTERVAL_MS = 250;

/** Depth comes ten times a second: so long without anything means that nothing comes any more. Milliseconds. */
const QUIET_MS = 15_000;

/** A ticker comes once a second, but only where something was traded. Milliseconds. */
const QUIET_TICKER_MS = 60_000;

/** The venue cuts a connection after 24 h; an hour is left for a successor that cannot be had at once. Milliseconds. */
const ROTATE_MS = 23 * 3_600_000;

/** Where the events of a connection go. */
export interface StreamSink {
  diff(diff: BookDiffHeard): void;
  trade(trade: TradeHeard): void;
  /** A number of the trades' sequence that was no trade. */
  noTrade(symbol: string, tradeId: number, timestamp: number): void;
  /** Whether this is the very next trade of its symbol. */
  continues(symbol: string, tradeId: number): boolean;
  other(event: MarketEvent): void;
  /** The main connection was lost, with all that its symbols had. */
  lost(symbols: readonly string[], reason: string): void;
  data(at: number): void;
  /** A frame that was no event, or a connection that failed. */
  error(kind: string, detail: Readonly<Record<string, unknown>>): void;
  /** {@link StreamGroup.trouble} has changed. */
  changed(): void;
}

export interface StreamGroupOptions {
  readonly plan: StreamPlan;
  readonly sink: StreamSink;
  readonly attempts: AttemptLimit;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

/** One connection to the venue and the symbols on it. */
export class StreamGroup implements ConnectionListener {
  readonly #options: StreamGroupOptions;
  readonly #symbols: readonly string[];
  readonly #connection: VenueConnection;
  readonly #mapper: BinanceMapper;
  readonly #handover = new Handover();
  #trouble = 'connecting';
  /** Set by a notice while a frame is mapped. */
  #role: SocketRole = 'current';
  #overlaps = false;
  #noticedTrade = false;

  constructor(options: StreamGroupOptions) {
    const { plan, attempts, clock, log, random } = options;
    this.#options = options;
    this.#symbols = plan.symbols.map(({ symbol }) => symbol);
    const ours = new Map(plan.symbols.map(({ pair, symbol }) => [pair, symbol]));
    this.#mapper = createBinanceMapper({
      market: plan.market,
      source: BINANCE,
      symbolOf: (pair) => ours.get(pair),
      notice: (notice) => this.#notice(notice),
    });
    this.#connection = new VenueConnection({
      name: `${BINANCE} ${plan.market} ${plan.role}`,
      url: plan.url,
      requests: plan.requests,
      requestIntervalMs: REQUEST_INTERVAL_MS,
      quietMs: plan.role === 'main' ? QUIET_MS : QUIET_TICKER_MS,
      rotateMs: ROTATE_MS,
      attempts,
      clock,
      log,
      random,
      listener: this,
    });
  }

  start(): void {
    this.#connection.start();
  }

  stop(): Promise<void> {
    return this.#connection.stop();
  }

  /** Why this group does not deliver; empty when it does. A ticker that is missing is no trouble: prices go on without. */
  get trouble(): string {
    return this.#options.plan.role === 'main' ? this.#trouble : '';
  }

  opened(): void {
    this.#setTrouble('connected, waiting for data');
  }

  message(text: string, role: SocketRole): boolean {
    const { clock, sink, plan } = this.#options;
    this.#role = role;
    this.#noticedTrade = false;
    const now = clock.now();
    let isData = false;
    for (const event of this.#mapper.map(text, now)) {
      // A path that serves more than it was asked for must not tell everything twice.
      if (plan.role === 'ticker' && event.kind !== 'ticker') continue;
      isData = true;
      this.#route(event, role);
    }
    if (!isData && !this.#noticedTrade) return false;
    sink.data(now);
    this.#setTrouble('');
    return true;
  }

  overlapping(): void {
    this.#overlaps = true;
    this.#handover.begin(this.#symbols);
  }

  movedOver(): void {
    this.#overlaps = false;
    this.#handover.end();
  }

  lost(reason: string): void {
    this.#overlaps = false;
    this.#handover.reset();
    this.#setTrouble(`${reason}: reconnecting`);
    if (this.#options.plan.role === 'main') this.#options.sink.lost(this.#symbols, reason);
  }

  failed(reason: string): void {
    const { sink, plan } = this.#options;
    sink.error(`${plan.market} ${plan.role} connection`, { reason });
    if (this.#trouble !== '') this.#setTrouble(`${reason}: reconnecting`);
  }

  #route(event: MarketEvent, role: SocketRole): void {
    const { sink } = this.#options;
    const ahead = this.#overlaps && role === 'successor';
    switch (event.kind) {
      case 'book-diff':
        if (this.#handover.accepts(event, role)) sink.diff(event);
        if (ahead && this.#handover.complete) this.#connection.settle();
        return;
      case 'trade':
        // The connection before still brings what lies between; if it does not, the hole is seen and filled afterwards.
        if (!ahead || sink.continues(event.symbol, Number(event.tradeId))) sink.trade(event);
        return;
      default:
        if (!ahead) sink.other(event);
        else if (this.#options.plan.role === 'ticker') this.#connection.settle();
    }
  }

  #notice(notice: BinanceNotice): void {
    const { sink, plan } = this.#options;
    switch (notice.kind) {
      case 'shutdown':
        return this.#connection.rotate('the server goes down');
      case 'no-trade':
        this.#noticedTrade = true;
        if (this.#overlaps && this.#role === 'successor' && !sink.continues(notice.symbol, notice.tradeId)) return;
        return sink.noTrade(notice.symbol, notice.tradeId, notice.timestamp);
      default:
        return sink.error(`${plan.market} ${notice.kind} ${notice.what}`, { frame: notice.frame });
    }
  }

  #setTrouble(trouble: string): void {
    if (this.#trouble === trouble) return;
    this.#trouble = trouble;
    this.#options.sink.changed();
  }
}
