import { distance } from 'fastest-levenshtein';
import type { Bus } from '../bus/bus.ts';
import { topics } from '../bus/topics.ts';
import type { Clock } from '../lib/clock.ts';
import { badInput } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Instrument } from '../model/instrument.ts';
import { Followed } from './followed.ts';

/** Names offered for one that nobody knows. */
const SUGGESTIONS = 5;

/** The instruments that workers have announced. */
export class Instruments {
  readonly #followed: Followed<Instrument>;
  readonly #settleMs: number;

  /** @param settleMs how long after the first worker has spoken others may still come, milliseconds. */
  constructor(bus: Bus, clock: Clock, log: Log, settleMs = 0) {
    this.#settleMs = settleMs;
    this.#followed = new Followed(topics.instruments, bus, clock, log);
  }

  /** Follows the list from now on; while the bus is away it keeps trying. */
  start(): void {
    this.#followed.start();
  }

  stop(): void {
    this.#followed.stop();
  }

  /** In the order of their symbols. */
  list(): readonly Instrument[] {
    return [...this.#followed.values.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  }

  get(symbol: string): Instrument | null {
    return this.#followed.values.get(symbol) ?? null;
  }

  /** The instrument of a symbol of which a source has told something, announced or not. */
  describe(symbol: string, source: string): Instrument {
    const known = this.#followed.values.get(symbol);
    return known ?? { symbol, kind: 'SPOT', venue: source, primarySource: source, base: symbol, quote: '' };
  }

  /**
   * Refuses symbols that no worker knows, naming the nearest that one does. Before workers have spoken every symbol is
   * accepted, and waits.
   * @throws ApiError `BAD_USER_INPUT`.
   */
  check(symbols: readonly string[], argument: string): void {
    if (this.#followed.isSettled(this.#settleMs)) this.#refuseUnknown(symbols, argument);
  }

  /**
   * The same for what is done once and cannot wait for a symbol that may yet be announced.
   * @throws ApiError `BAD_USER_INPUT`.
   */
  checkForCommand(symbol: string, argument: string): void {
    if (this.#followed.isSettled(0)) this.#refuseUnknown([symbol], argument);
  }

  #refuseUnknown(symbols: readonly string[], argument: string): void {
    const unknown = symbols.find((symbol) => !this.#followed.values.has(symbol));
    if (unknown === undefined) return;
    const shown = unknown.slice(0, 50);
    const wanted = shown.toUpperCase();
    const nearest = [...this.#followed.values.keys()]
      .map((symbol) => ({ symbol, far: distance(wanted, symbol) }))
      .sort((a, b) => a.far - b.far || (a.symbol < b.symbol ? -1 : 1))
      .slice(0, SUGGESTIONS)
      .map(({ symbol }) => symbol);
    throw badInput(argument, `No instrument is called "${shown}". Nearest: ${nearest.join(', ')}.`, nearest);
  }
}
