import type { Bus } from '../bus/bus.ts';
import type { StateTopic } from '../bus/topics.ts';
import type { Log } from '../lib/log.ts';
import { Decoder, type Placed } from './decode.ts';

/** Reads the latest values of state topics. Every read may be refused with `UNAVAILABLE`. */
export class Latest {
  readonly #bus: Bus;
  readonly #decoder: Decoder;

  constructor(bus: Bus, log: Log) {
    this.#bus = bus;
    this.#decoder = new Decoder(log);
  }

  /** Stored values that could not be read since the start. */
  get unreadable(): number {
    return this.#decoder.unreadable;
  }

  /** The latest value of one key, or null when it has none. */
  async get<V, C>(topic: StateTopic<V, C>, key: string): Promise<Placed<V> | null> {
    const record = (await this.#bus.latest(topic, [key])).get(key);
    return record ? this.#decoder.decode<V>(topic.name, record) : null;
  }

  /** The latest values of all keys that have one, or of those named, in no order that means anything. */
  async all<V, C>(topic: StateTopic<V, C>, keys?: readonly string[]): Promise<readonly Placed<V>[]> {
    const records = await this.#bus.latest(topic, keys);
    const values: Placed<V>[] = [];
    for (const record of records.values()) {
      const value = this.#decoder.decode<V>(topic.name, record);
      if (value) values.push(value);
    }
    return values;
  }
}
