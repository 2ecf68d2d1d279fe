import type { Address } from '../model/identity.ts';
import type { Fence, Leases } from './lease.ts';
import type { EventTopic, StateTopic, TopicRef } from './topics.ts';

/**
 * A place in the life of a stream (of an event topic) or of a key (of a state topic). An epoch names one life: when it
 * changes, history broke, and sequences of the two lives cannot be compared.
 */
export interface Position {
  readonly epoch: string;
  /** Dense, from 1, given at publish. */
  readonly sequence: number;
}

/** What travels: the value as JSON text, not parsed, since most of what is heard is wanted by nobody. */
export interface BusRecord extends Position {
  readonly key: string;
  /** `value`: payload is the whole value. `change`: it is what {@link StateTopic.fold} folds into the value before it. */
  readonly form: 'value' | 'change';
  readonly payload: string;
}

export interface BusListener {
  /** A record, in the order of its stream or key. May repeat what a read has already shown. Must not throw. */
  message(record: BusRecord): void;
  /**
   * The live path was broken and is whole again; what was published in between has *not* been heard. Whoever keeps
   * state reads what it missed. Called after the subscription is confirmed anew, so nothing falls between.
   */
  restored(): void;
}

/** A stretch of an event stream. */
export interface EventPage {
  /** Oldest first, without a hole. */
  readonly records: readonly BusRecord[];
  readonly epoch: string;
  /** Sequence of the newest event published; 0 before the first. */
  readonly head: number;
  /** Sequence of the oldest event still kept; `head + 1` when none is. */
  readonly oldest: number;
}

export type BusState = 'ready' | 'down';

/**
 * What workers publish and api processes hear.
 *
 * Promises, the same of every engine, and the paper that each sits is `test/contracts/bus.ts`:
 * - **Together.** A publish gives the next sequence, stores (latest value or stream entry) and sends to listeners as one step.
 * - **Order.** Records of one key (state) or one stream (event) arrive in the order of their sequences, and so do the
 *   publishes of one process: two calls without an await between them keep their order.
 * - **Owners.** An event topic with {@link EventTopic.ownerOf} is one stream an owner: numbered, kept, remembered by id and
 *   heard apart from every other. A reader or listener names the owner ({@link TopicRef.owner}); one that does not is
 *   refused, so that nobody hears everybody by mistake.
 * - **Once.** A publish that is sent again, by a retry of the connection, is answered with its first position and not
 *   stored or sent twice; an event id that was seen within the retention likewise, whoever sends it.
 * - **Live is at most once.** A listener may miss records while its connection is broken; it is then told `restored`.
 *   Reading after that closes the hole: exactly once after catch-up.
 * - **Epoch.** When the store has lost what it had acknowledged (emptied, or rewound to an older copy), the next publish
 *   begins a new epoch with sequence 1.
 * - **Bounds.** While the store is away, publishes wait in a bounded buffer; when it is full they are refused with
 *   `UNAVAILABLE`. Reads fail with `UNAVAILABLE`; nothing waits for ever.
 */
export interface Bus {
  /**
   * Makes `value` the latest of its key. With `change`, listeners get the change; the store keeps the whole value.
   * A change may be given only where the same process published the value before it.
   */
  publishState<V, C>(topic: StateTopic<V, C>, value: V, change?: C | null): Promise<Position>;
  publishEvent<V>(topic: EventTopic<V>, value: V): Promise<Position>;
  /** Resolves when every publish from now on will be heard. One subscription a topic a process is enough: share it. */
  subscribe(topic: TopicRef, listener: BusListener): Promise<() => void>;
  /** Latest values, always whole (`form: value`); a key without one is absent. Without `keys`, all of the topic's. */
  latest(topic: TopicRef, keys?: readonly string[]): Promise<ReadonlyMap<string, BusRecord>>;
  /**
   * Where keys stand, without their values: small, for comparing. A key that has had no value in the epoch that lasts is
   * absent. Without `keys`, all of the topic's.
   */
  positions(topic: TopicRef, keys?: readonly string[]): Promise<ReadonlyMap<string, Position>>;
  /** Takes away the latest values of keys that have none any more, and never will again. Nobody is told. */
  drop(topic: TopicRef, keys: readonly string[]): Promise<void>;
  /** Up to `limit` events after sequence `after`, oldest first. */
  readAfter(topic: TopicRef, after: number, limit: number): Promise<EventPage>;
  /** Up to `limit` events before sequence `before` (exclusive; beyond the head means the newest), oldest first. */
  readBefore(topic: TopicRef, before: number, limit: number): Promise<EventPage>;
  /** Whether the store answers; `changed` is called at each change. */
  state(): BusState;
  onStateChange(changed: (state: BusState) => void): () => void;
  close(): Promise<void>;
}

/** A bus that processes share, and on which they agree who does what. */
export interface SharedBus extends Bus {
  readonly leases: Leases;
  /**
   * The same bus for the holder of a lease: once another has announced itself, or published under it, what is published here is
   * refused with `Fenced`. Of owners' streams on a Redis Cluster the second alone counts. Closing it sends what waits.
   */
  fenced(fence: Fence): Bus;
  /** Takes away every value and event of an owner, for good: its streams begin a new life. Nobody may publish for it meanwhile. */
  eraseOwner(owner: Address): Promise<void>;
  /** From now on every earlier holder of the lease is refused. @throws Error while the store is away; `Fenced` for one that is late itself. */
  announce(fence: Fence): Promise<void>;
}

/** A bus of one process alone. */
export interface ProcessBus extends Bus {
  /** Takes away the latest value of a key whose owner has gone for good. Nobody is told. */
  forget(topic: TopicRef, key: string): void;
}
