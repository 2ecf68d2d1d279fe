import type { BusRecord, Position } from '../bus/bus.ts';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';

/** A value as the bus had it, and where it stood. */
export interface Placed<V> extends Position {
  readonly key: string;
  readonly value: V;
}

/** Makes values of records. One that is no JSON is told in the log, counted, and treated as if it were not there. */
export class Decoder {
  readonly #log: Log;
  #unreadable = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Records that could not be read since the start. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /** The record's value, trusted to be of the topic's type: only our own publishers write there. */
  decode<V>(topic: string, record: BusRecord): Placed<V> | null {
    try {
      const value: V = JSON.parse(record.payload);
      return { key: record.key, value, epoch: record.epoch, sequence: record.sequence };
    } catch (error) {
      this.#unreadable++;
      const { key, sequence } = record;
      this.#log.error({ topic, key, sequence, reason: messageOf(error) }, 'a stored value is not readable; ignored');
      return null;
    }
  }
}
