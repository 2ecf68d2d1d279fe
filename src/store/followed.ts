import type { Bus, BusRecord } from '../bus/bus.ts';
import type { StateTopic } from '../bus/topics.ts';
import { background } from '../lib/background.ts';
import type { Cancel, Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';

/** Wait before the values are asked for again while the bus is away, milliseconds. */
const RETRY_MS = 1_000;

/** The latest value of every key of a small state topic, followed live: held whole in every process that needs it at hand. */
export class Followed<V> {
  readonly #topic: StateTopic<V>;
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #values = new Map<string, V>();
  #close: (() => void) | null = null;
  #retry: Cancel | null = null;
  #stopped = false;
  #firstAt: number | null = null;

  constructor(topic: StateTopic<V>, bus: Bus, clock: Clock, log: Log) {
    this.#topic = topic;
    this.#bus = bus;
    this.#clock = clock;
    this.#log = log;
  }

  get values(): ReadonlyMap<string, V> {
    return this.#values;
  }

  /**
   * Whether the list can be believed to be whole: workers of one system speak one after the other, and what a client asks
   * for again after a restart may be told a moment later.
   * @param settleMs how long after the first value, milliseconds.
   */
  isSettled(settleMs: number): boolean {
    return this.#firstAt !== null && this.#clock.now() - this.#firstAt >= settleMs;
  }

  /** Follows from now on; while the bus is away it keeps trying. */
  start(): void {
    background(`follow ${this.#topic.name}`, this.#follow(), this.#log);
  }

  stop(): void {
    this.#stopped = true;
    this.#retry?.();
    this.#close?.();
  }

  async #follow(): Promise<void> {
    if (this.#stopped) return;
    try {
      // Listens before it reads, so that nothing told in between is missed.
      this.#close ??= await this.#bus.subscribe(this.#topic, {
        message: (record) => this.#take(record),
        restored: () => background(`read ${this.#topic.name}`, this.#read(), this.#log),
      });
      await this.#read();
    } catch (error) {
      this.#log.debug({ topic: this.#topic.name, reason: messageOf(error) }, 'not read yet');
      this.#retry = this.#clock.after(RETRY_MS, () => this.start());
    }
  }

  async #read(): Promise<void> {
    for (const record of (await this.#bus.latest(this.#topic)).values()) this.#take(record);
  }

  #take({ key, payload }: BusRecord): void {
    try {
      this.#values.set(key, JSON.parse(payload) as V);
      this.#firstAt ??= this.#clock.now();
    } catch (error) {
      this.#log.warn({ key, reason: messageOf(error) }, 'a value that cannot be read was ignored');
    }
  }
}
