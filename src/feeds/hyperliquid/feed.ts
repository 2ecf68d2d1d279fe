import { background } from '../../lib/background.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import { badInput, messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Address } from '../../model/identity.ts';
import type { BookSnapshotHeard, MarketEvent, TradeHeard } from '../../model/market-event.ts';
import type { AccountFeed, AccountListener } from '../account-feed.ts';
import { AttemptLimit } from '../attempt-limit.ts';
import { type SocketRole, VenueConnection } from '../connection.ts';
import type { FeedHealth, FeedSink, ToldTrades } from '../feed.ts';
import { HealthLedger } from '../health-ledger.ts';
import { NoticeLog } from '../notice-log.ts';
import { SymbolWatch } from '../symbol-watch.ts';
import { AccountWatch, MAX_ACCOUNTS } from './account-watch.ts';
import { FundingDesk } from './funding-desk.ts';
import { mapMessage } from './mapper.ts';
import { HyperliquidRest } from './rest.ts';

import { HYPERLIQUID, type HyperliquidSymbol, hyperliquidSymbol } from './symbols.ts';
import { TradeMemory } from './trade-memory.ts';

/** The venue takes 30 new connections a minute from one address; others may share it. */
const CONNECTIONS = 20;
const CONNECTIONS_WINDOW_MS = 60_000;

/** What is subscribed to of every symbol. */
const CHANNELS = ['l2Book', 'trades', 'activeAssetCtx'] as const;

/** Subscriptions that the venue lets one address have; those of watched accounts, two each, are kept free. */
const MAX_SUBSCRIPTIONS = 1_000;
const MAX_SYMBOLS = Math.floor((MAX_SUBSCRIPTIONS - 2 * MAX_ACCOUNTS) / CHANNELS.length);

/** Between two requests: the venue takes 2,000 messages a minute. Milliseconds. */
const REQUEST_INTERVAL_MS = 40;

/** The venue closes on who has said nothing for a minute. */
const HEARTBEAT = { text: '{"method":"ping"}', intervalMs: 50_000 };

/** Books come every five seconds at least. Milliseconds. */
const QUIET_MS = 30_000;

/** A symbol of which nothing came for so long while others live has lost its subscription. Milliseconds. */
const SYMBOL_QUIET_MS = 60_000;
const SYMBOL_REVIEW_MS = 10_000;

/** Subscriptions have been seen to fall silent after a day or two on one connection. Milliseconds. */
const ROTATE_MS = 12 * 3_600_000;

/** Symbols named in a status message: the rest is a number. */
const SYMBOLS_NAMED = 5;

export interface HyperliquidFeedOptions {
  /** Perpetuals as `BTC-PERP`; at least one, at most 326. */
  readonly symbols: readonly string[];
  readonly urls: { readonly hyperliquidWs: string; readonly hyperliquidRest: string };
  readonly clock: Clock;
  readonly log: Log;
  /** For jitter. */
  readonly random: () => number;
}

/**
 * Hyperliquid perpetuals: prices, trades, whole order books of 20 levels, markets with open interest and funding, hourly
 * settlements, and the accounts that are asked for.
 *
 * @throws ApiError `BAD_USER_INPUT` for a symbol that cannot be the venue's, for none, and for more than it allows.
 */
export function createHyperliquidFeed(options: HyperliquidFeedOptions): AccountFeed {
  const symbols = [...new Set(options.symbols)].map(hyperliquidSymbol);
  if (symbols.length === 0) throw badInput('symbols', `${HYPERLIQUID} needs at least one symbol`, ['BTC-PERP']);
  if (symbols.length > MAX_SYMBOLS)
    throw badInput('symbols', `${HYPERLIQUID} cannot give ${symbols.length} symbols`, `at most ${MAX_SYMBOLS}`);
  return new LiveHyperliquid(options, symbols);
}

class LiveHyperliquid implements AccountFeed {
  readonly name = HYPERLIQUID;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #bySymbol: ReadonlyMap<string, HyperliquidSymbol>;
  readonly #byCoin: ReadonlyMap<string, string>;
  readonly #health: HealthLedger;
  readonly #notices: NoticeLog;
  readonly #rest: HyperliquidRest;
  readonly #connection: VenueConnection;
  readonly #fundings: FundingDesk;
  readonly #accounts: AccountWatch;
  readonly #trades = new TradeMemory();
  readonly #heard: SymbolWatch;
  /** Time of each symbol's last book: two connections may deliver side by side. */
  readonly #bookAt = new Map<string, number>();
  /** Symbols whose book has not come since the connection was made. */
  readonly #withoutBook = new Set<string>();
  /** Symbols whose book has come on the successor. */
  readonly #takenOver = new Set<string>();
  readonly #asked = new Map<string, Promise<void>>();
  readonly #end = new AbortController();
  #unlisted: readonly string[] = [];
  #trouble = 'connecting';
  #cancelReview: Cancel = () => undefined;
  #sink: FeedSink | null = null;

  constructor({ urls, clock, log, random }: HyperliquidFeedOptions, symbols: readonly HyperliquidSymbol[]) {
    this.#clock = clock;
    this.#log = log;
    this.#bySymbol = new Map(symbols.map((symbol) => [symbol.symbol, symbol]));
    this.#byCoin = new Map(symbols.map(({ coin, symbol }) => [coin, symbol]));
    this.#heard = new SymbolWatch([...this.#bySymbol.keys()], SYMBOL_QUIET_MS, clock);
    this.#health = new HealthLedger(clock, () => this.#sink?.healthChanged());
    this.#notices = new NoticeLog(clock, log);
    this.#rest = new HyperliquidRest(urls.hyperliquidRest, clock);
    this.#connection = new VenueConnection({
      name: HYPERLIQUID,
      url: `${urls.hyperliquidWs.replace(/\/+$/, '')}/ws`,
      requests: symbols.flatMap(({ coin }) => subscriptions('subscribe', coin)),
      requestIntervalMs: REQUEST_INTERVAL_MS,
      heartbeat: HEARTBEAT,
      quietMs: QUIET_MS,
      rotateMs: ROTATE_MS,
      attempts: new AttemptLimit(CONNECTIONS, CONNECTIONS_WINDOW_MS),
      clock,
      log,
      random,
      listener: {
        opened: () => this.#opened(),
        message: (text, role) => this.#message(text, role),
        overlapping: () => this.#takenOver.clear(),
        movedOver: () => this.#accounts.opened(),
        lost: (reason) => this.#lost(reason),
        failed: (reason) => this.#failed(reason),
      },
    });
    this.#fundings = new FundingDesk({
      symbols,
      rest: this.#rest,
      clock,
      log,
      told: (funding) => this.#emit(funding),
      failed: (reason) => this.#error('funding not told', { reason }),
    });
    this.#accounts = new AccountWatch({
      send: (text) => this.#connection.send(text),
      clock,
      unreadable: (what) => this.#error(`unreadable ${what}`, {}),
    });
  }

  start(sink: FeedSink, told: ToldTrades = new Map()): void {
    if (this.#sink || this.#end.signal.aborted) throw new Error('a feed is started once');
    this.#sink = sink;
    const now = this.#clock.now();
    for (const { instrument } of this.#bySymbol.values())
      sink.event({ kind: 'instrument', source: HYPERLIQUID, instrument, timestamp: now, receivedAt: now });
    for (const [symbol, trades] of told) if (this.#bySymbol.has(symbol)) this.#trades.goOnAfter(symbol, trades);
    this.#connection.start();
    this.#fundings.start();
    this.#cancelReview = this.#clock.every(SYMBOL_REVIEW_MS, () => this.#lookAgain());
    this.#inBackground('look coins up', this.#lookUp());
  }

  resync(symbol: string): void {
    const known = this.#bySymbol.get(symbol);
    const name = `book ${symbol}`;
    if (!known || this.#end.signal.aborted || this.#asked.has(name)) return;
    this.#inBackground(name, this.#fetchBook(known));
  }

  watchAccount(owner: Address, listener: AccountListener): Cancel {
    return this.#accounts.watch(owner, listener);
  }

  health(): FeedHealth {
    return this.#health.get();
  }

  async stop(): Promise<void> {
    if (!this.#end.signal.aborted) {
      this.#health.set('stopped', 'stopped');
      this.#end.abort();
      this.#cancelReview();
      this.#health.close();
    }
    await Promise.all([this.#connection.stop(), this.#fundings.stop(), ...this.#asked.values()]);
  }

  #opened(): void {
    this.#trouble = '';
    this.#heard.begin();
    for (const symbol of this.#bySymbol.keys()) this.#withoutBook.add(symbol);
    this.#accounts.opened();
    this.#review();
  }

  #lost(reason: string): void {
    this.#trouble = `${reason}: reconnecting`;
    this.#forget([...this.#bySymbol.keys()], reason);
    this.#accounts.lost(reason);
    this.#review();
  }

  #failed(reason: string): void {
    this.#error('connection', { reason });
    if (this.#trouble === '') return;
    this.#trouble = `${reason}: reconnecting`;
    this.#review();
  }

  #message(text: string, role: SocketRole): boolean {
    const now = this.#clock.now();
    const mapped = mapMessage(text, (coin) => this.#byCoin.get(coin), now);
    switch (mapped.kind) {
      case 'nothing':
        return false;
      case 'refusal':
        this.#error('refused', { what: mapped.what });
        return false;
      case 'unreadable':
        this.#error(`unreadable ${mapped.what}`, { message: text.slice(0, 200) });
        return false;
      case 'account':
        this.#accounts.heard(mapped.channel, mapped.data);
        break;
      case 'market':
        this.#market(mapped.events, role);
    }
    this.#health.data(now);
    return true;
  }

  #market(events: readonly MarketEvent[], role: SocketRole): void {
    const trades = events.filter((event) => event.kind === 'trade');
    for (const event of trades.length > 0 ? this.#trades.unheard(trades as readonly TradeHeard[]) : events) {
      if (!('symbol' in event)) continue;
      const cameBack = this.#heard.heard(event.symbol);
      if (event.kind !== 'book-snapshot') this.#emit(event);
      else this.#book(event, role);
      if (cameBack) this.#review();
    }
  }

  #book(book: BookSnapshotHeard, role: SocketRole): void {
    const { symbol, timestamp } = book;
    if (role === 'successor' && this.#takenOver.add(symbol).size === this.#bySymbol.size) this.#connection.settle();
    if (timestamp < (this.#bookAt.get(symbol) ?? 0)) return;
    this.#bookAt.set(symbol, timestamp);
    this.#emit(book);
    if (this.#withoutBook.delete(symbol)) this.#review();
  }

  /** The thread of these symbols is lost. */
  #forget(symbols: readonly string[], reason: string): void {
    this.#trades.lost(symbols);
    for (const symbol of symbols) {
      this.#bookAt.delete(symbol);
      this.#withoutBook.add(symbol);
    }
    const now = this.#clock.now();
    this.#emit({ kind: 'disconnected', source: HYPERLIQUID, symbols, reason, timestamp: now, receivedAt: now });
  }

  /** Subscribes again to what has fallen silent: the venue drops a subscription without a word. */
  #lookAgain(): void {
    if (this.#trouble !== '') return;
    const silent = this.#heard.review();
    if (silent.length === 0) return;
    this.#error('symbols silent', { symbols: silent.slice(0, SYMBOLS_NAMED) });
    this.#forget(silent, `nothing heard for ${SYMBOL_QUIET_MS / 1_000} s`);
    for (const symbol of silent) {
      const coin = this.#bySymbol.get(symbol)?.coin ?? '';
      for (const method of ['unsubscribe', 'subscribe'] as const)
        for (const request of subscriptions(method, coin)) this.#connection.send(request);
    }
    this.#review();
  }

  /** A coin that the venue does not have is told at once: its subscriptions are ignored without a word. */
  async #lookUp(): Promise<void> {
    try {
      const listed = await this.#rest.listed(this.#end.signal);
      this.#unlisted = [...this.#bySymbol.values()].filter(({ coin }) => !listed.has(coin)).map(({ symbol }) => symbol);
      if (this.#unlisted.length > 0) this.#error('coins not listed', { symbols: this.#unlisted });
      this.#review();
    } catch (error) {
      if (!this.#end.signal.aborted) this.#error('coins not looked up', { reason: messageOf(error) });
    }
  }

  async #fetchBook(symbol: HyperliquidSymbol): Promise<void> {
    try {
      const book = await this.#rest.book(symbol, this.#end.signal);
      if (!this.#end.signal.aborted) this.#book(book, 'current');
    } catch (error) {
      // The next one comes by itself within seconds.
      if (!this.#end.signal.aborted) this.#error('book not fetched', { reason: messageOf(error) });
    }
  }

  /** Something that is awaited when the feed stops. */
  #inBackground(name: string, promise: Promise<void>): void {
    const done = promise.finally(() => this.#asked.delete(name));
    this.#asked.set(name, done);
    background(name, done, this.#log);
  }

  #emit(event: MarketEvent): void {
    if (!this.#end.signal.aborted) this.#sink?.event(event);
  }

  #error(kind: string, detail: Readonly<Record<string, unknown>>): void {
    if (this.#end.signal.aborted) return;
    this.#health.error();
    this.#notices.note(kind, detail);
  }

  #review(): void {
    if (this.#end.signal.aborted) return;
    if (this.#trouble !== '') return this.#health.set('connecting', this.#trouble);
    const unlisted = this.#unlisted;
    const waiting = [...new Set([...this.#withoutBook, ...this.#heard.silent])].filter(
      (symbol) => !unlisted.includes(symbol),
    );
    const messages = [
      unlisted.length > 0 ? `${HYPERLIQUID} does not list ${naming(unlisted)}` : '',
      waiting.length > 0 ? `waiting for the order book of ${naming(waiting)}` : '',
    ].filter((message) => message !== '');
    this.#health.set(messages.length === 0 ? 'live' : 'stale', messages.join('; '));
  }
}

function subscriptions(method: 'subscribe' | 'unsubscribe', coin: string): readonly string[] {
  return CHANNELS.map((type) => JSON.stringify({ method, subscription: { type, coin } }));
}

function naming(symbols: readonly string[]): string {
  const rest = symbols.length - SYMBOLS_NAMED;
  return symbols.slice(0, SYMBOLS_NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
