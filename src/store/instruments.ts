import { distance } from 'fastest-levenshtein';
import type { Bus, BusRecord } from '../bus/bus.ts';
import { topics } from '../bus/topics.ts';
import { background } from '../lib/background.ts';
import type { Cancel, Clock } from '../lib/clock.ts';
import { badInput, messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Instrument } from '../model/instrument.ts';

/** Names offered for one that nobody knows. */
const SUGGESTIONS = 5;

/** Wait before the list is asked for again while the bus is away, milliseconds. */
const RETRY_MS = 1_000;

/** The instruments that workers have announced, followed live: small enough to hold whole in every process. */
export class Instruments {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #bySymbol = new Map<string, Instrument>();
  #close: (() => void) | null = null;
  #retry: Cancel | null = null;
  #stopped = false;

  constructor(bus: Bus, clock: Clock, log: Log) {
    this.#bus = bus;
    this.#clock = clock;
    this.#log = log;
  }

  /** Follows the list from now on; while the bus is away it keeps trying. */
  start(): void {
    background('follow instruments', this.#follow(), this.#log);
  }

  stop(): void {
    this.#stopped = true;
    this.#retry?.();
    this.#close?.();
  }

  /** In the order of their symbols. */
  list(): readonly Instrument[] {
    return [...this.#bySymbol.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  }

  get(symbol: string): Instrument | null {
    return this.#bySymbol.get(symbol) ?? null;
  }

  /** The instrument of a symbol of which a source has told something, announced or not. */
  describe(symbol: string, source: string): Instrument {
    const known = this.#bySymbol.get(symbol);
    return known ?? { symbol, kind: 'SPOT', venue: source, primarySource: source, base: symbol, quote: '' };
  }

  /**
   * Refuses symbols that no worker knows, naming the nearest that one does. Before any worker has spoken every symbol is
   * accepted, and waits.
   * @throws ApiError `BAD_USER_INPUT`.
   */
  check(symbols: readonly string[], argument: string): void {
    if (this.#bySymbol.size === 0) return;
    const unknown = symbols.find((symbol) => !this.#bySymbol.has(symbol));
    if (unknown === undefined) return;
    const shown = unknown.slice(0, 50);
    const wanted = shown.toUpperCase();
    const nearest = [...this.#bySymbol.keys()]
      .map((symbol) => ({ symbol, far: distance(wanted, symbol) }))
      .sort((a, b) => a.far - b.far || (a.symbol < b.symbol ? -1 : 1))
      .slice(0, SUGGESTIONS)
      .map(({ symbol }) => symbol);
    throw badInput(argument, `No instrument is called "${shown}". Nearest: ${nearest.join(', ')}.`, nearest);
  }

  async #follow(): Promise<void> {
    if (this.#stopped) return;
    try {
      // Listens before it reads, so that nothing announced in between is missed.
      this.#close ??= await this.#bus.subscribe(topics.instruments, {
        message: (record) => this.#take(record),
        restored: () => background('read instruments', this.#read(), this.#log),
      });
      await this.#read();
    } catch (error) {
      this.#log.debug({ reason: messageOf(error) }, 'instruments not read yet');
      this.#retry = this.#clock.after(RETRY_MS, () => background('follow instruments', this.#follow(), this.#log));
    }
  }

  async #read(): Promise<void> {
    for (const record of (await this.#bus.latest(topics.instruments)).values()) this.#take(record);
  }

  #take(record: BusRecord): void {
    try {
      const instrument = JSON.parse(record.payload) as Instrument;
      this.#bySymbol.set(instrument.symbol, instrument);
    } catch (error) {
      this.#log.warn({ key: record.key, reason: messageOf(error) }, 'an instrument that cannot be read was ignored');
    }
  }
}
