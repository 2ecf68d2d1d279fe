import type { Bus, Position } from '../bus/bus.ts';
import type { StateTopic } from '../bus/topics.ts';
import type { Cancel, Clock } from '../lib/clock.ts';
import type { FailureLog } from './failure-log.ts';

/** Until a value that the bus refused although it was ready is tried again, milliseconds: its key may have no next one. */
const RETRY_MS = 1_000;

/** Resending is not trying anew: what it finds out about epochs starts no further resending. */
type Purpose = 'news' | 'again';

interface Entry<V> {
  readonly key: string;
  value: V;
  /** Publishes of this key so far, and the number of the last one that carried the whole value. */
  attempts: number;
  lastWhole: number;
  /** Whether the last publish is not known to have failed: only then may a change follow it. */
  unbroken: boolean;
  /** Whether `value` has not been handed to the bus, or came back. */
  waiting: boolean;
  epoch: string | null;
}

export interface StatePublisherOptions<V, C> {
  readonly topic: StateTopic<V, C>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly failures: FailureLog;
  /** The store has lost what it had: a key's epoch changed under a publish. Every publisher should then {@link StatePublisher.republish}. */
  readonly storeLost: () => void;
}

/**
 * The newest value of every key of one state topic, on its way to the bus.
 *
 * - While the bus is down nothing is handed to it: the newest value of each key is kept here, one a key, and the bus's
 *   buffer stays free for events. When it is ready again every key is published anew, whole.
 * - A change is published only right after the value it changes; otherwise the whole value goes.
 * - A refused value is tried again, whole, until it is replaced or accepted.
 */
export class StatePublisher<V, C = V> {
  readonly #options: StatePublisherOptions<V, C>;
  readonly #entries = new Map<string, Entry<V>>();
  readonly #unlisten: Cancel;
  #cancelRetry: Cancel | null = null;
  /** Counts republishings: a publish that was under way when one began tells nothing new about epochs. */
  #round = 0;
  #stopped = false;

  constructor(options: StatePublisherOptions<V, C>) {
    this.#options = options;
    this.#unlisten = options.bus.onStateChange((state) => {
      if (state === 'ready') this.republish();
    });
  }

  /** @param change what makes `value` of the value published before it, where there is such a thing. */
  publish(value: V, change: C | null = null): void {
    if (this.#stopped) return;
    const key = this.#options.topic.keyOf(value);
    let entry = this.#entries.get(key);
    if (entry) entry.value = value;
    else {
      entry = { key, value, attempts: 0, lastWhole: 0, unbroken: false, waiting: true, epoch: null };
      this.#entries.set(key, entry);
    }
    if (this.#options.bus.state() === 'ready') this.#send(entry, entry.unbroken ? change : null, 'news');
    else {
      entry.unbroken = false;
      entry.waiting = true;
    }
  }

  /** Publishes the newest value of every key again, whole. */
  republish(): void {
    if (this.#stopped || this.#options.bus.state() === 'down') return;
    this.#round++;
    for (const entry of this.#entries.values()) this.#send(entry, null, 'again');
  }

  /** A key whose last value was published: it is not published again, and the bus drops it. */
  end(key: string): void {
    this.#entries.delete(key);
    const { bus, topic, failures } = this.#options;
    bus.drop(topic, [key]).catch((error: unknown) => failures.note(error, { topic: topic.name, key }));
  }

  /** Nothing is published after this. */
  stop(): void {
    this.#stopped = true;
    this.#unlisten();
    this.#cancelRetry?.();
    this.#entries.clear();
  }

  #send(entry: Entry<V>, change: C | null, purpose: Purpose): void {
    const attempt = ++entry.attempts;
    const round = this.#round;
    if (change === null) entry.lastWhole = attempt;
    entry.unbroken = true;
    entry.waiting = false;
    this.#options.bus.publishState(this.#options.topic, entry.value, change).then(
      (position) => this.#accepted(entry, position, purpose === 'news' && round === this.#round),
      (error: unknown) => this.#refused(entry, attempt, error),
    );
  }

  #accepted(entry: Entry<V>, { epoch }: Position, tellsNews: boolean): void {
    const lost = entry.epoch !== null && entry.epoch !== epoch;
    entry.epoch = epoch;
    if (lost && tellsNews && !this.#stopped) this.#options.storeLost();
  }

  #refused(entry: Entry<V>, attempt: number, error: unknown): void {
    this.#options.failures.note(error, { topic: this.#options.topic.name, key: entry.key });
    if (this.#stopped || entry.lastWhole > attempt) return;
    entry.unbroken = false;
    // Changes that were handed over after this value are changes of a value nobody got: a whole one must follow them at once.
    if (entry.attempts > attempt && this.#options.bus.state() === 'ready') {
      this.#send(entry, null, 'again');
      return;
    }
    entry.waiting = true;
    this.#cancelRetry ??= this.#options.clock.after(RETRY_MS, () => this.#retry());
  }

  #retry(): void {
    this.#cancelRetry = null;
    // A bus that is down announces its return, and everything is published then.
    if (this.#options.bus.state() === 'down') return;
    for (const entry of this.#entries.values()) if (entry.waiting) this.#send(entry, null, 'again');
  }
}
