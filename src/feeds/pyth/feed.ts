import { background } from '../../lib/background.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import { badInput } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { MarketEvent } from '../../model/market-event.ts';
import type { MarketSession } from '../../model/price.ts';
import type { Feed, FeedHealth, FeedSink } from '../feed.ts';
import { HealthLedger } from '../health-ledger.ts';
import { NoticeLog } from '../notice-log.ts';
import { SymbolWatch } from '../symbol-watch.ts';
import { Directory } from './directory.ts';
import { mapUpdate, type PythPrice } from './mapper.ts';
import { PriceSource } from './price-source.ts';
import { isOpen, readSchedule, type Schedule } from './schedule.ts';
import { PYTH, type PythSymbol, priceId, pythSymbol } from './symbols.ts';

/** Symbols on the one stream: each id is 70 characters of its URL, and 1 KB of signatures a second of the 256 allowed. */
const MAX_SYMBOLS = 100;

/** A price that its publishers have not renewed for so long is stale, unless its exchange is closed. Milliseconds. */
const STALE_AFTER_MS = 60_000;

/** How often a price that stands still is told again: its age grows. Milliseconds. */
const TELL_AGAIN_MS = 10_000;

/** A feed of which nothing comes for so long while others do is not there. Milliseconds. */
const SYMBOL_QUIET_MS = 30_000;
const SYMBOL_REVIEW_MS = 10_000;

/** Symbols named in a status message: the rest is a number. */
const SYMBOLS_NAMED = 5;

export interface PythFeedOptions {
  /** Coins in dollars as `BTCUSD`, shares as `AAPL`; at least one, at most 100. */
  readonly symbols: readonly string[];
  readonly urls: { readonly pythHermes: string };
  readonly pyth: {
    readonly apiKey: string | null;
    /** The oracle's ids of symbols, where it need not be asked for them. */
    readonly priceIds: ReadonlyMap<string, string>;
  };
  readonly clock: Clock;
  readonly log: Log;
  /** For jitter. */
  readonly random: () => number;
}

/**
 * Pyth's prices by Hermes: of coins and shares, each with its confidence, its average and the time of its publishers. It has
 * no books and no trades.
 *
 * @throws ApiError `BAD_USER_INPUT` for a symbol that cannot be the oracle's, for none, and for too many.
 */
export function createPythFeed(options: PythFeedOptions): Feed {
  const { priceIds } = options.pyth;
  const symbols = [...new Set(options.symbols)].map((symbol) => pythSymbol(symbol, priceIds.has(symbol)));
  if (symbols.length === 0) throw badInput('symbols', `${PYTH} needs at least one symbol`, ['BTCUSD', 'AAPL']);
  if (symbols.length > MAX_SYMBOLS)
    throw badInput('symbols', `${PYTH} cannot give ${symbols.length} symbols`, `at most ${MAX_SYMBOLS}`);
  return new PythFeed(options, symbols);
}

/** A symbol whose price feed is known. */
interface Followed {
  readonly symbol: string;
  readonly schedule: Schedule | null;
  readonly isShare: boolean;
  last: { readonly price: PythPrice; readonly stale: boolean; readonly toldAt: number } | null;
}

class PythFeed implements Feed {
  readonly name = PYTH;
  readonly #options: PythFeedOptions;
  readonly #symbols: readonly PythSymbol[];
  readonly #clock: Clock;
  readonly #health: HealthLedger;
  readonly #notices: NoticeLog;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #directory: Directory;
  readonly #byId = new Map<string, Followed>();
  readonly #end = new AbortController();
  #source: PriceSource | null = null;
  #heard: SymbolWatch | null = null;
  #unlisted: readonly string[] = [];
  /** Empty while prices come. */
  #trouble = 'connecting';
  #cancelReview: Cancel = () => undefined;
  #looking: Promise<void> = Promise.resolve();
  #sink: FeedSink | null = null;

  constructor(options: PythFeedOptions, symbols: readonly PythSymbol[]) {
    const { clock, log, random, pyth, urls } = options;
    this.#options = options;
    this.#symbols = symbols;
    this.#clock = clock;
    this.#health = new HealthLedger(clock, () => this.#sink?.healthChanged());
    this.#notices = new NoticeLog(clock, log);
    this.#headers = pyth.apiKey === null ? {} : { authorization: `Bearer ${pyth.apiKey}` };
    const failed = (reason: string) => this.#failed(reason);
    this.#directory = new Directory({ base: urls.pythHermes, headers: this.#headers, clock, random, failed });
  }

  start(sink: FeedSink): void {
    if (this.#sink || this.#end.signal.aborted) throw new Error('a feed is started once');
    this.#sink = sink;
    const now = this.#clock.now();
    for (const { instrument } of this.#symbols)
      sink.event({ kind: 'instrument', source: PYTH, instrument, timestamp: now, receivedAt: now });
    this.#looking = this.#follow();
    background('follow pyth', this.#looking, this.#options.log);
  }

  /** It has no books. */
  resync(): void {}

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
    await Promise.all([this.#looking, this.#source?.stop()]);
  }

  /** Looks up what is not configured, and then listens. */
  async #follow(): Promise<void> {
    const { pyth, urls, clock, log, random } = this.#options;
    const isConfigured = ({ symbol, asset }: PythSymbol) => pyth.priceIds.has(symbol) && asset === 'crypto';
    // Of shares the sessions are wanted too, which only the directory tells.
    const feeds = await this.#directory.find(
      this.#symbols.filter((symbol) => !isConfigured(symbol)),
      this.#end.signal,
    );
    if (!feeds) return;
    const unlisted: string[] = [];
    for (const { symbol, name, asset } of this.#symbols) {
      const listed = feeds.get(name);
      const id = priceId(pyth.priceIds.get(symbol)) ?? listed?.id;
      const schedule = listed?.schedule ? readSchedule(listed.schedule) : null;
      if (id === undefined) unlisted.push(symbol);
      else this.#byId.set(id, { symbol, schedule, isShare: asset === 'equity', last: null });
    }
    this.#unlisted = unlisted;
    if (unlisted.length > 0) this.#error('not listed', { symbols: unlisted });
    const ids = [...this.#byId.keys()];
    if (ids.length === 0) {
      this.#trouble = `${PYTH} has no price feed of ${naming(unlisted)}`;
      return this.#review();
    }
    const followed = [...this.#byId.values()].map(({ symbol }) => symbol);
    this.#heard = new SymbolWatch(followed, SYMBOL_QUIET_MS, clock);
    this.#cancelReview = clock.every(SYMBOL_REVIEW_MS, () => this.#lookAgain());
    const query = [
      ...ids.map((id) => `ids[]=${id}`),
      'parsed=true',
      'encoding=base64',
      'ignore_invalid_price_ids=true',
    ];
    this.#source = new PriceSource({
      url: `${urls.pythHermes.replace(/\/+$/, '')}/v2/updates/price/stream?${query.join('&')}`,
      headers: this.#headers,
      clock,
      log,
      random,
      message: (text) => this.#message(text),
      failed: (reason) => this.#failed(reason),
      lost: (reason) => this.#lost(reason),
    });
    this.#source.start();
  }

  #message(text: string): boolean {
    const update = mapUpdate(text);
    if (!update || update.unreadable > 0) this.#error('unreadable', { message: text.slice(-200) });
    const known = update?.prices.filter(({ id }) => this.#byId.has(id)) ?? [];
    if (known.length === 0) return false;
    const now = this.#clock.now();
    this.#health.data(now);
    if (this.#trouble !== '') this.#heard?.begin();
    for (const price of known) this.#priced(price, now);
    this.#trouble = '';
    this.#review();
    return true;
  }

  #priced(price: PythPrice, now: number): void {
    const followed = this.#byId.get(price.id);
    if (!followed) return;
    const { symbol, schedule, isShare, last } = followed;
    this.#heard?.heard(symbol);
    if (last && price.publishedAt < last.price.publishedAt) return;
    const session: MarketSession | null = isShare && schedule ? (isOpen(schedule, now) ? 'OPEN' : 'CLOSED') : null;
    // A share of which nobody knows whether it trades cannot be said to be late.
    const mayStandStill = isShare && session !== 'OPEN';
    const stale = !mayStandStill && now - price.publishedAt > STALE_AFTER_MS;
    const stands = last !== null && isSame(last.price, price) && last.stale === stale;
    if (stands && now - last.toldAt < TELL_AGAIN_MS) return;
    followed.last = { price, stale, toldAt: now };
    this.#emit({
      kind: 'oracle-price',
      source: PYTH,
      symbol,
      price: price.price,
      confidence: price.confidence,
      emaPrice: price.emaPrice,
      session,
      stale,
      timestamp: price.publishedAt,
      receivedAt: now,
    });
  }

  #lost(reason: string): void {
    this.#trouble = `${reason}: reconnecting`;
    this.#forget([...this.#byId.values()], reason);
    this.#review();
  }

  #failed(reason: string): void {
    this.#error('connection', { reason });
    if (this.#trouble === '') return;
    const refused = reason === 'HTTP 401' || reason === 'HTTP 403';
    this.#trouble = refused ? `${reason}: PYTH_API_KEY is missing or refused` : `${reason}: reconnecting`;
    this.#review();
  }

  #lookAgain(): void {
    if (this.#trouble !== '') return;
    const silent = new Set(this.#heard?.review());
    if (silent.size === 0) return;
    this.#error('symbols silent', { symbols: [...silent].slice(0, SYMBOLS_NAMED) });
    this.#forget(
      [...this.#byId.values()].filter(({ symbol }) => silent.has(symbol)),
      `nothing heard for ${SYMBOL_QUIET_MS / 1_000} s`,
    );
    this.#review();
  }

  #forget(followed: readonly Followed[], reason: string): void {
    // What comes next is told, whether or not it has changed.
    for (const one of followed) one.last = null;
    const symbols = followed.map(({ symbol }) => symbol);
    const now = this.#clock.now();
    this.#emit({ kind: 'disconnected', source: PYTH, symbols, reason, timestamp: now, receivedAt: now });
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
    const silent = this.#heard?.silent ?? [];
    const messages = [
      this.#unlisted.length > 0 ? `${PYTH} has no price feed of ${naming(this.#unlisted)}` : '',
      silent.length > 0 ? `nothing is heard of ${naming(silent)}` : '',
    ].filter((message) => message !== '');
    this.#health.set(messages.length === 0 ? 'live' : 'stale', messages.join('; '));
  }
}

function isSame(a: PythPrice, b: PythPrice): boolean {
  return a.publishedAt === b.publishedAt && a.price === b.price && a.confidence === b.confidence;
}

function naming(symbols: readonly string[]): string {
  const rest = symbols.length - SYMBOLS_NAMED;
  return symbols.slice(0, SYMBOLS_NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
