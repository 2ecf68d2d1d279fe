import type { Log } from '../lib/log.ts';
import type { BusListener, BusRecord } from './bus.ts';

/** The listeners of one topic in this process. */
export class Listeners {
  readonly #topic: string;
  readonly #log: Log;
  // Replaced, never changed, when somebody comes or goes: a walk over it meanwhile is not disturbed.
  #listeners: readonly BusListener[] = [];

  constructor(topic: string, log: Log) {
    this.#topic = topic;
    this.#log = log;
  }

  get size(): number {
    return this.#listeners.length;
  }

  add(listener: BusListener): void {
    this.#listeners = [...this.#listeners, listener];
  }

  remove(listener: BusListener): void {
    const at = this.#listeners.indexOf(listener);
    if (at >= 0) this.#listeners = this.#listeners.toSpliced(at, 1);
  }

  message(record: BusRecord): void {
    for (const listener of this.#listeners) {
      try {
        listener.message(record);
      } catch (error) {
        // One that breaks its promise must not cost the next one a record.
        this.#log.error({ err: error, topic: this.#topic, sequence: record.sequence }, 'a bus listener threw');
      }
    }
  }

  restored(): void {
    for (const listener of this.#listeners) {
      try {
        listener.restored();
      } catch (error) {
        this.#log.error({ err: error, topic: this.#topic }, 'a bus listener threw');
      }
    }
  }
}
