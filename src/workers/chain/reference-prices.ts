import type { Bus, BusRecord } from '../../bus/bus.ts';
import { topics } from '../../bus/topics.ts';
import { background } from '../../lib/background.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import type { Decimal } from '../../lib/decimal.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { symbolOfKey } from '../../model/instrument.ts';
import type { Price } from '../../model/price.ts';
import { Latest } from '../../store/latest.ts';

/** Until a reading that failed is tried again, milliseconds. */
const RETRY_MS = 1_000;

/** What some symbols cost by their primary sources, from the bus: each change of it, as long as it is started. */
export class ReferencePrices {
  readonly #bus: Bus;
  readonly #latest: Latest;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #symbols: ReadonlySet<string>;
  readonly #changed: (symbol: string, price: Decimal) => void;
  /** Time and price taken last of each symbol: a reading may come after what it missed. */
  readonly #taken = new Map<string, { readonly at: number; readonly price: Decimal }>();
  #close: Cancel | null = null;
  #retry: Cancel | null = null;
  #stopped = false;

  constructor(
    symbols: readonly string[],
    changed: (symbol: string, price: Decimal) => void,
    { bus, clock, log }: { readonly bus: Bus; readonly clock: Clock; readonly log: Log },
  ) {
    this.#symbols = new Set(symbols);
    this.#changed = changed;
    this.#bus = bus;
    this.#latest = new Latest(bus, log);
    this.#clock = clock;
    this.#log = log;
  }

  start(): void {
    background('listen to reference prices', this.#open(), this.#log);
  }

  stop(): void {
    this.#stopped = true;
    this.#retry?.();
    this.#close?.();
  }

  async #open(): Promise<void> {
    try {
      this.#close ??= await this.#bus.subscribe(topics.prices, {
        message: (record) => this.#heard(record),
        restored: () => background('read reference prices', this.#read(), this.#log),
      });
      if (this.#stopped) return this.stop();
      await this.#read();
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'reference prices cannot be heard yet');
      if (!this.#stopped) this.#retry = this.#clock.after(RETRY_MS, () => this.start());
    }
  }

  async #read(): Promise<void> {
    for (const { value } of await this.#latest.all(topics.prices))
      if (this.#symbols.has(value.symbol)) this.#take(value);
  }

  #heard({ key, form, payload }: BusRecord): void {
    // Ten a second of each symbol come by, and few concern a chain: the others are not parsed.
    if (this.#stopped || form !== 'value' || !this.#symbols.has(symbolOfKey(key))) return;
    try {
      this.#take(JSON.parse(payload) as Price);
    } catch (error) {
      this.#log.error({ key, reason: messageOf(error) }, 'a price that cannot be read');
    }
  }

  #take({ symbol, primary, price, token, receivedAt: at }: Price): void {
    const taken = this.#taken.get(symbol);
    // What is said beside it of a symbol's further tokens is no news of the symbol.
    if (this.#stopped || !primary || token?.further || (taken && (taken.at >= at || taken.price === price))) return;
    this.#taken.set(symbol, { at, price });
    this.#changed(symbol, price);
  }
}
