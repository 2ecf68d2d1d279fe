import { Backoff } from '../lib/backoff.ts';
import type { Cancel, Clock } from '../lib/clock.ts';
import { ApiError, messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Position } from './bus.ts';
import { Fenced } from './lease.ts';
import { ConnectionLost } from './redis-link.ts';
import { streamName } from './stream.ts';
import type { TopicRef } from './topics.ts';

/** One publish that waits for its position. */
export interface Parcel {
  readonly key: string;
  /** Of an event; empty for a state. */
  readonly id: string;
  payload: string;
  /** What listeners get instead of the payload; empty when they get the payload. */
  change: string;
}

interface Waiting extends Parcel {
  readonly since: number;
  /** What it takes in the buffer, characters. */
  size: number;
  /** More than one where a newer value took the place of older ones. */
  readonly callers: { resolve(position: Position): void; reject(error: Error): void }[];
}

/** What is sent as one, and again under the same number until it is answered. */
export interface Batch {
  readonly number: number;
  readonly parcels: readonly Parcel[];
}

interface Lane<T extends TopicRef> {
  readonly topic: T;
  /** By which it is known. */
  readonly name: string;
  waiting: Waiting[];
  batch: { readonly number: number; readonly parcels: readonly Waiting[] } | null;
  sending: boolean;
  /** While nothing can be sent, the newest waiting value of each key of a state topic. */
  readonly newest: Map<string, Waiting>;
  /** Keys whose last value was refused: the change that comes next would be folded into a value nobody has. */
  readonly torn: Set<string>;
}

/** Publishes that wait while Redis is away: when one of these bounds is met, new ones are refused. */
const WAITING_CALLS = 100_000;
const WAITING_SIZE = 64 * 1024 * 1024;
/** A publish that has waited this long is refused: what it says is history, and its caller must not wait for ever. */
const WAITING_MS = 600_000;

/** A batch holds up everything else in Redis while it runs: 256 small events are 2 ms. */
const BATCH_PARCELS = 256;
const BATCH_SIZE = 512 * 1024;

/** After a write that Redis refused (out of memory, no permission, a replica) it is tried again. Milliseconds. */
const REFUSED = { minMs: 50, maxMs: 5_000 };

const SWEEP_MS = 1_000;

/**
 * Publishes on their way to Redis. Each stream has a lane in which one batch at a time is under way: so a batch that went
 * unanswered can be sent again under its number, and the script, which remembers one answer a producer, refuses a repeat
 * exactly. What comes meanwhile makes the next batch, which is what makes it fast. Order is kept within a stream. A lane
 * of an owner lasts as long as something is in it.
 */
export class RedisOutbox<T extends TopicRef> {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #send: (topic: T, batch: Batch) => Promise<readonly Position[]>;
  readonly #refusingChanged: () => void;
  readonly #lanes = new Map<string, Lane<T>>();
  readonly #refused = new Set<Lane<T>>();
  readonly #backoff = new Backoff(REFUSED);
  readonly #stopSweep: Cancel;
  #online = false;
  #closed = false;
  #calls = 0;
  #size = 0;
  /** Counted over all lanes: of one that comes again, numbers still grow. */
  #batches = 0;
  #drained: (() => void) | null = null;
  #fenced: Fenced | null = null;

  constructor(
    clock: Clock,
    log: Log,
    send: (topic: T, batch: Batch) => Promise<readonly Position[]>,
    refusingChanged: () => void,
  ) {
    this.#clock = clock;
    this.#log = log;
    this.#send = send;
    this.#refusingChanged = refusingChanged;
    this.#stopSweep = clock.every(SWEEP_MS, () => this.#refuseOld());
  }

  /** Whether Redis answers writes, but with refusals. */
  get refusing(): boolean {
    return this.#refused.size > 0;
  }

  /** @throws ApiError `UNAVAILABLE` when the buffer is full, or the parcel has waited in it too long. */
  put(topic: T, parcel: Parcel): Promise<Position> {
    const lane = this.#lane(topic);
    const size = parcel.payload.length + parcel.change.length;
    if (this.#fenced) return Promise.reject(this.#fenced);
    if (this.#closed || this.#calls >= WAITING_CALLS || this.#size + size > WAITING_SIZE) {
      lane.torn.add(parcel.key);
      return Promise.reject(refusal());
    }
    const change = lane.torn.delete(parcel.key) ? '' : parcel.change;
    this.#calls++;
    return new Promise<Position>((resolve, reject) => {
      const waiting: Waiting = { ...parcel, change, since: this.#clock.now(), size, callers: [{ resolve, reject }] };
      this.#size += size;
      this.#enqueue(lane, waiting);
      // What is published in the same turn goes in the same batch.
      if (this.#online && !lane.sending && lane.waiting.length === 1) queueMicrotask(() => this.#next(lane));
    });
  }

  online(): void {
    this.#online = true;
    for (const lane of this.#lanes.values()) {
      lane.newest.clear();
      this.#next(lane);
    }
  }

  offline(): void {
    this.#online = false;
    for (const lane of this.#lanes.values()) for (const parcel of lane.waiting.splice(0)) this.#enqueue(lane, parcel);
  }

  /** Takes nothing more, and resolves when all is sent or `ms` have passed; what is left then is refused. */
  async close(ms: number): Promise<void> {
    this.#closed = true;
    if (this.#calls > 0) {
      const drained = Promise.withResolvers<void>();
      this.#drained = drained.resolve;
      const cancel = this.#clock.after(ms, drained.resolve);
      await drained.promise;
      cancel();
    }
    this.#stopSweep();
    for (const lane of this.#lanes.values()) {
      this.#refuse(lane, lane.batch?.parcels ?? []);
      this.#refuse(lane, lane.waiting.splice(0));
      lane.batch = null;
    }
  }

  /** Another holds the lease: nothing from here is wanted any more, on no lane. */
  #giveUp(error: Fenced): void {
    if (this.#fenced) return;
    this.#fenced = error;
    for (const lane of this.#lanes.values()) {
      this.#refuse(lane, lane.batch?.parcels ?? [], error);
      this.#refuse(lane, lane.waiting.splice(0), error);
      lane.batch = null;
    }
    this.#refused.clear();
    this.#refusalOver();
  }

  #lane(topic: T): Lane<T> {
    const name = streamName(topic);
    let lane = this.#lanes.get(name);
    if (!lane) {
      lane = { topic, name, waiting: [], batch: null, sending: false, newest: new Map(), torn: new Set() };
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  #enqueue(lane: Lane<T>, parcel: Waiting): void {
    const older = lane.newest.get(parcel.key);
    if (older) {
      // Only the latest value of a key matters: what nobody has heard yet is replaced, not queued.
      this.#size -= older.size + parcel.change.length;
      older.payload = parcel.payload;
      older.change = '';
      older.size = parcel.payload.length;
      older.callers.push(...parcel.callers);
      return;
    }
    lane.waiting.push(parcel);
    if (!this.#online && lane.topic.kind === 'state') lane.newest.set(parcel.key, parcel);
  }

  #next(lane: Lane<T>): void {
    if (!this.#online || lane.sending) return;
    lane.batch ??= this.#take(lane);
    const batch = lane.batch;
    if (!batch) return this.#dropIfOwners(lane);
    lane.sending = true;
    this.#send(lane.topic, batch).then(
      (positions) => {
        lane.sending = false;
        // Given up while it was under way: its callers have been told.
        if (lane.batch === batch) this.#settle(lane, batch.parcels, positions);
        this.#next(lane);
      },
      (error: unknown) => {
        lane.sending = false;
        if (error instanceof Fenced) return this.#giveUp(error);
        // What was cut off goes again when there is a new connection.
        if (!(error instanceof ConnectionLost)) this.#wasRefused(lane, error);
      },
    );
  }

  #take(lane: Lane<T>): Lane<T>['batch'] {
    let size = 0;
    let count = 0;
    for (const parcel of lane.waiting) {
      size += parcel.size;
      if (count === BATCH_PARCELS || (count > 0 && size > BATCH_SIZE)) break;
      count++;
    }
    if (count === 0) return null;
    this.#batches++;
    return { number: this.#batches, parcels: lane.waiting.splice(0, count) };
  }

  /** Nothing is in it: an owner that is heard of again gets another. */
  #dropIfOwners(lane: Lane<T>): void {
    if (lane.topic.owner !== undefined && this.#lanes.get(lane.name) === lane) this.#lanes.delete(lane.name);
  }

  #settle(lane: Lane<T>, parcels: readonly Waiting[], positions: readonly Position[]): void {
    lane.batch = null;
    if (this.#refused.delete(lane)) this.#refusalOver();
    parcels.forEach((parcel, at) => {
      this.#letGo(parcel);
      const position = positions[at];
      for (const { resolve, reject } of parcel.callers) {
        if (position) resolve(position);
        else reject(new Error('Redis answered a publish without its position'));
      }
    });
  }

  #refuse(lane: Lane<T>, parcels: readonly Waiting[], error: Error = refusal()): void {
    if (parcels.length === 0) return;
    const keys = new Set<string>();
    for (const parcel of parcels) {
      this.#letGo(parcel);
      keys.add(parcel.key);
      lane.newest.delete(parcel.key);
      for (const { reject } of parcel.callers) reject(error);
    }
    for (const next of lane.waiting) if (keys.delete(next.key)) next.change = '';
    for (const key of keys) lane.torn.add(key);
  }

  #letGo(parcel: Waiting): void {
    this.#calls -= parcel.callers.length;
    this.#size -= parcel.size;
    if (this.#calls === 0) this.#drained?.();
  }

  #wasRefused(lane: Lane<T>, error: unknown): void {
    this.#log.error({ topic: lane.topic.name, reason: messageOf(error) }, 'Redis refused a publish; trying again');
    const first = this.#refused.size === 0;
    this.#refused.add(lane);
    if (first) this.#refusingChanged();
    this.#clock.after(this.#backoff.next(), () => this.#next(lane));
  }

  #refusalOver(): void {
    if (this.#refused.size > 0) return;
    this.#backoff.reset();
    this.#refusingChanged();
  }

  #refuseOld(): void {
    const before = this.#clock.now() - WAITING_MS;
    for (const lane of this.#lanes.values()) {
      // A batch whose outcome is not known is given up whole: under its number it may not change.
      if (lane.batch && !lane.sending && (lane.batch.parcels[0]?.since ?? 0) < before) {
        this.#refuse(lane, lane.batch.parcels);
        lane.batch = null;
      }
      const young = lane.waiting.findIndex((parcel) => parcel.since >= before);
      this.#refuse(lane, lane.waiting.splice(0, young < 0 ? lane.waiting.length : young));
      if (!lane.batch && lane.waiting.length === 0 && this.#refused.delete(lane)) this.#refusalOver();
    }
  }
}

function refusal(): ApiError {
  return new ApiError('UNAVAILABLE', 'The event store is away and the buffer for it is full; nothing was published.');
}
