import type { Bus, BusRecord } from '../../bus/bus.ts';
import { topics } from '../../bus/topics.ts';
import type { PaperEvent } from '../../engines/paper/events.ts';
import { background } from '../../lib/background.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Book, BookChange } from '../../model/book.ts';
import { type Instrument, sourceKey } from '../../model/instrument.ts';
import type { Price } from '../../model/price.ts';
import type { Trade } from '../../model/trade.ts';

/** Until what could not be heard or read is tried again, milliseconds. */
const RETRY_MS = 1_000;

/** Where a book stands that changes may follow. */
interface Standing {
  readonly epoch: string;
  readonly sequence: number;
}

/** Instruments, books, trades and prices from the bus, as events of the paper venue. Of a book every change, or the whole anew. */
export class MarketInlet {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #heard: (event: PaperEvent) => void;
  readonly #primary = new Map<string, Instrument>();
  readonly #books = new Map<string, Standing>();
  /** Books that are being read anew. */
  readonly #reading = new Set<string>();
  readonly #closings: (() => void)[] = [];
  #retry: Cancel | null = null;
  #stopped = false;

  constructor(bus: Bus, clock: Clock, log: Log, heard: (event: PaperEvent) => void) {
    this.#bus = bus;
    this.#clock = clock;
    this.#log = log;
    this.#heard = heard;
  }

  start(): void {
    background('listen to markets', this.#open(), this.#log);
  }

  stop(): void {
    this.#stopped = true;
    this.#retry?.();
    this.#close();
  }

  #close(): void {
    for (const close of this.#closings.splice(0)) close();
  }

  async #open(): Promise<void> {
    try {
      await this.#listen(
        topics.instruments,
        (record) => this.#instrument(record),
        () => this.#readInstruments(),
      );
      await this.#listen(
        topics.prices,
        (record) => this.#price(record),
        () => this.#readPrices(),
      );
      // Trades that were missed were missed: what rests stands where it stood.
      await this.#listen(
        topics.trades,
        (record) => this.#trade(record),
        async () => undefined,
      );
      await this.#listen(
        topics.orderbook,
        (record) => this.#book(record),
        () => this.#readBooks(),
      );
      if (this.#stopped) this.#close();
    } catch (error) {
      this.#close();
      this.#log.warn({ reason: messageOf(error) }, 'markets cannot be heard yet');
      if (!this.#stopped) this.#retry = this.#clock.after(RETRY_MS, () => this.start());
    }
  }

  /** Listens first and reads then, so that nothing falls between. */
  async #listen(
    topic: Parameters<Bus['subscribe']>[0],
    take: (record: BusRecord) => void,
    read: () => Promise<void>,
  ): Promise<void> {
    const message = (record: BusRecord) => {
      if (this.#stopped) return;
      try {
        take(record);
      } catch (error) {
        this.#log.error({ topic: topic.name, key: record.key, reason: messageOf(error) }, 'what cannot be read');
      }
    };
    const restored = () => background(`read ${topic.name}`, this.#again(read), this.#log);
    this.#closings.push(await this.#bus.subscribe(topic, { message, restored }));
    await read();
  }

  async #again(read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch {
      if (!this.#stopped) this.#clock.after(RETRY_MS, () => background('read again', this.#again(read), this.#log));
    }
  }

  async #readInstruments(): Promise<void> {
    for (const record of (await this.#bus.latest(topics.instruments)).values()) this.#instrument(record);
  }

  async #readPrices(): Promise<void> {
    for (const record of (await this.#bus.latest(topics.prices)).values()) this.#price(record);
  }

  async #readBooks(keys?: readonly string[]): Promise<void> {
    for (const record of (await this.#bus.latest(topics.orderbook, keys)).values()) this.#book(record);
  }

  #instrument({ payload }: BusRecord): void {
    const instrument = JSON.parse(payload) as Instrument;
    const { symbol, primarySource } = instrument;
    if (this.#primary.get(symbol)?.primarySource === primarySource) return;
    this.#primary.set(symbol, instrument);
    this.#heard({ kind: 'instrument', instrument });
    // Its book may have come before it.
    const key = sourceKey(symbol, primarySource);
    if (!this.#books.has(key)) this.#readAnew(key);
  }

  #price({ payload }: BusRecord): void {
    const { symbol, price, stale, primary, token } = JSON.parse(payload) as Price;
    if (primary && !token?.further) this.#heard({ kind: 'price', symbol, price, stale });
  }

  #trade({ payload }: BusRecord): void {
    this.#heard({ kind: 'trade', trade: JSON.parse(payload) as Trade });
  }

  #book(record: BusRecord): void {
    const { key, epoch, sequence, form, payload } = record;
    const symbol = key.slice(0, key.indexOf('|'));
    const instrument = this.#primary.get(symbol);
    if (!instrument || sourceKey(symbol, instrument.primarySource) !== key) return;
    const before = this.#books.get(key);
    const isSame = before?.epoch === epoch;
    if (isSame && sequence <= before.sequence) return;
    if (form === 'value') this.#heard({ kind: 'book', book: JSON.parse(payload) as Book });
    else if (isSame && sequence === before.sequence + 1)
      this.#heard({ kind: 'book-change', change: JSON.parse(payload) as BookChange });
    else return this.#readAnew(key);
    this.#books.set(key, { epoch, sequence });
  }

  #readAnew(key: string): void {
    if (this.#reading.has(key)) return;
    this.#reading.add(key);
    const read = this.#again(() => this.#readBooks([key])).finally(() => this.#reading.delete(key));
    background('read a book anew', read, this.#log);
  }
}
