import type { Bus, BusRecord } from '../../bus/bus.ts';
import { topics } from '../../bus/topics.ts';
import { depthWithin } from '../../engines/risk/depth.ts';
import type { RiskEvent } from '../../engines/risk/events.ts';
import { background } from '../../lib/background.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { PoolMev } from '../../model/arbitrage-transaction.ts';
import type { Book } from '../../model/book.ts';
import { isCash } from '../../model/position.ts';
import type { Price } from '../../model/price.ts';
import { Latest } from '../../store/latest.ts';

/** How often depths are looked at, milliseconds: a book changes ten times a second, what stands near its middle hardly ever. */
const DEPTH_EVERY_MS = 10_000;

/** Until a reading that failed is tried again, milliseconds. */
const RETRY_MS = 1_000;

/** Prices, depths and what is extracted from pools, from the bus, as events of the risk engine, in the order of each symbol. */
export class PriceInlet {
  readonly #bus: Bus;
  readonly #latest: Latest;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #heard: (event: RiskEvent) => void;
  /** Newest time taken of each symbol: a reading may come after what it missed. */
  readonly #newest = new Map<string, { readonly at: number; readonly stale: boolean }>();
  readonly #closings: (() => void)[] = [];
  #stopped = false;
  #retry: Cancel | null = null;

  constructor(bus: Bus, clock: Clock, log: Log, heard: (event: RiskEvent) => void) {
    this.#bus = bus;
    this.#latest = new Latest(bus, log);
    this.#clock = clock;
    this.#log = log;
    this.#heard = heard;
  }

  start(): void {
    background('listen to prices', this.#open(), this.#log);
  }

  stop(): void {
    this.#stopped = true;
    this.#retry?.();
    for (const close of this.#closings) close();
  }

  async #open(): Promise<void> {
    try {
      const prices = await this.#bus.subscribe(topics.prices, {
        message: (record) => this.#price(record),
        restored: () => background('read prices', this.#read(), this.#log),
      });
      this.#closings.push(prices);
      const extractions = await this.#bus.subscribe(topics.poolMev, {
        message: (record) => this.#extraction(record),
        // The next block of the pool tells it again.
        restored: () => undefined,
      });
      this.#closings.push(extractions);
      this.#closings.push(
        this.#clock.every(DEPTH_EVERY_MS, () => background('look at depths', this.#depths(), this.#log)),
      );
      if (this.#stopped) return this.stop();
      await this.#read();
      await this.#depths();
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'prices cannot be heard yet');
      if (!this.#stopped) this.#retry = this.#clock.after(RETRY_MS, () => this.start());
    }
  }

  async #read(): Promise<void> {
    for (const { value } of await this.#latest.all(topics.prices)) this.#take(value);
  }

  #price(record: BusRecord): void {
    if (record.form !== 'value' || this.#stopped) return;
    try {
      this.#take(JSON.parse(record.payload) as Price);
    } catch (error) {
      this.#log.error({ key: record.key, reason: messageOf(error) }, 'a price that cannot be read');
    }
  }

  #take({ symbol, primary, token, price, confidence, volatilityPct, stale, timestamp, receivedAt }: Price): void {
    const newest = this.#newest.get(symbol);
    if (!primary || token?.further || (newest && newest.at >= receivedAt && newest.stale === stale)) return;
    this.#newest.set(symbol, { at: receivedAt, stale });
    this.#heard({ kind: 'price', symbol, price, confidence, volatilityPct, stale, timestamp, receivedAt });
  }

  #extraction(record: BusRecord): void {
    if (this.#stopped) return;
    const { chainId, pool, swaps, arbitrageSwaps, sandwichedSwaps } = JSON.parse(record.payload) as PoolMev;
    this.#heard({ kind: 'extraction', chainId, pool, swaps, arbitrageSwaps, sandwichedSwaps });
  }

  async #depths(): Promise<void> {
    try {
      const primary = new Map(
        (await this.#latest.all(topics.instruments)).map(({ value }) => [value.symbol, value] as const),
      );
      for (const { value: book } of await this.#latest.all(topics.orderbook)) {
        const instrument = primary.get(book.symbol);
        if (!instrument || instrument.primarySource !== book.source || this.#stopped) continue;
        const inDollars = isCash(instrument.quote);
        this.#heard({ kind: 'depth', symbol: book.symbol, depth: inDollars ? depthOf(book) : null });
      }
    } catch (error) {
      this.#log.debug({ reason: messageOf(error) }, 'depths could not be read');
    }
  }
}

function depthOf(book: Book) {
  return book.stale ? null : depthWithin(book.bids, book.asks);
}
