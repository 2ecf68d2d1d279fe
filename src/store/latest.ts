import type { Bus } from '../bus/bus.ts';
import type { StateTopic, TopicRef } from '../bus/topics.ts';
import type { Log } from '../lib/log.ts';
import { Decoder, type Placed } from './decode.ts';

/** Keys of one topic that are asked for one by one, and the one reading that answers them all. */
interface Gathering {
  readonly keys: Set<string>;
  readonly found: Promise<ReadonlyMap<string, Placed<unknown>>>;
}

/** Reads the latest values of state topics. Every read may be refused with `UNAVAILABLE`. */
export class Latest {
  readonly #bus: Bus;
  readonly #decoder: Decoder;
  /** By topic: what this turn has asked for so far. */
  readonly #gathering = new Map<TopicRef, Gathering>();

  constructor(bus: Bus, log: Log) {
    this.#bus = bus;
    this.#decoder = new Decoder(log);
  }

  /** Stored values that could not be read since the start. */
  get unreadable(): number {
    return this.#decoder.unreadable;
  }

  /**
   * The latest value of one key, or null when it has none. Whatever one turn asks for is read together, a key once: the fields of a page
   * each ask for what they show, and a reading is a way to Redis and back.
   */
  async get<V, C>(topic: StateTopic<V, C>, key: string): Promise<Placed<V> | null> {
    let gathering = this.#gathering.get(topic);
    if (!gathering) {
      gathering = this.#gather(topic);
      this.#gathering.set(topic, gathering);
    }
    gathering.keys.add(key);
    const found = await gathering.found;
    return (found.get(key) as Placed<V> | undefined) ?? null;
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

  #gather<V, C>(topic: StateTopic<V, C>): Gathering {
    const keys = new Set<string>();
    const read = async () => {
      this.#gathering.delete(topic);
      return new Map((await this.all(topic, [...keys])).map((placed) => [placed.key, placed] as const));
    };
    // After all promises of this turn: what one of them leads to asks as well.
    const found = Promise.resolve().then(() => new Promise<void>((resolve) => process.nextTick(resolve)));
    return { keys, found: found.then(read) };
  }
}
