import type { BusRecord, Position } from '../bus/bus.ts';

/** What resolvers get of a state topic: the value with the facts of its delivery. */
export interface StateFrame<V, C = V> extends Position {
  readonly value: V;
  /** What changed since `sequence - 1`; null where the value stands alone or the topic has no changes. */
  readonly change: C | null;
  readonly snapshot: boolean;
  readonly matches: boolean;
  /** Updates folded into this one for this subscriber. */
  readonly conflated: number;
}

/** What resolvers get of an event topic. */
export interface EventFrame<V> extends Position {
  readonly value: V;
  readonly cursor: string;
  readonly matches: boolean;
  readonly replayed: boolean;
}

/** Which of the encodings of one update: facts of a delivery that differ between members. Flags, added. */
export const Variant = { PLAIN: 0, SNAPSHOT: 1, LEAVING: 2, REPLAYED: 4 } as const;

/** How many there are: sums of flags are below it. */
export const VARIANTS = 8;

/**
 * The answer to one question about one update, as the JSON bytes of a GraphQL result. Null when the execution failed.
 * A promise where the selection reaches asynchronous fields.
 */
export type Encoded = Buffer | null | Promise<Buffer | null>;

/** An update as heard. */
export class Update<V> implements Position {
  readonly key: string;
  readonly epoch: string;
  readonly sequence: number;
  /** When this process heard it, milliseconds: the start of the delivery lag. */
  readonly heardAt: number;
  #payload: string | null;
  #value: V | undefined;

  constructor(record: BusRecord, heardAt: number, decoded?: V) {
    this.key = record.key;
    this.epoch = record.epoch;
    this.sequence = record.sequence;
    this.heardAt = heardAt;
    this.#payload = decoded === undefined ? record.payload : null;
    this.#value = decoded;
  }

  /** Parsed at the first use, since most updates are wanted by nobody. Undefined when the payload is no JSON. */
  get value(): V | undefined {
    if (this.#payload !== null) {
      const payload = this.#payload;
      this.#payload = null;
      try {
        this.#value = JSON.parse(payload) as V;
      } catch {
        this.#value = undefined;
      }
    }
    return this.#value;
  }
}

/** An update of a state topic. */
export class StateUpdate<V, C = V> extends Update<V> {
  readonly change: C | null;
  /** True for a key's first value, a resync and a new epoch: it does not follow from the value before it. */
  readonly standsAlone: boolean;

  constructor(record: BusRecord, heardAt: number, standsAlone: boolean, folded?: { value: V; change: C }) {
    super(record, heardAt, folded?.value);
    this.change = folded?.change ?? null;
    this.standsAlone = standsAlone;
  }
}
