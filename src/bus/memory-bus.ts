import type { Clock } from '../lib/clock.ts';
import { ApiError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { BusListener, BusRecord, BusState, EventPage, Position, ProcessBus } from './bus.ts';
import { newEpoch } from './epoch.ts';
import { keyIn } from './key.ts';
import { Listeners } from './listeners.ts';
import { MemoryStream } from './memory-stream.ts';
import { type RetentionSettings, retentionOf } from './retention.ts';
import { ownerIn, streamName } from './stream.ts';
import { type EventTopic, type StateTopic, streamOf, type TopicRef } from './topics.ts';

export interface MemoryBusOptions extends RetentionSettings {
  readonly clock: Clock;
  readonly log: Log;
}

/** The bus of one process that needs no server: the default of `npm start`. It forgets everything when it ends. */
export function createMemoryBus(options: MemoryBusOptions): ProcessBus {
  return new MemoryBus(options);
}

class MemoryBus implements ProcessBus {
  readonly #options: MemoryBusOptions;
  /** Nothing survives the instance, so each is a life of its own. */
  readonly #epoch: string;
  readonly #latest = new Map<string, Map<string, BusRecord>>();
  /** By {@link streamName}. */
  readonly #streams = new Map<string, MemoryStream>();
  readonly #listeners = new Map<string, Listeners>();
  readonly #deliveries: { readonly stream: string; readonly record: BusRecord }[] = [];
  #delivering = false;
  #closed = false;

  constructor(options: MemoryBusOptions) {
    this.#options = options;
    this.#epoch = newEpoch(options.clock.now());
  }

  async publishState<V, C>(topic: StateTopic<V, C>, value: V, change?: C | null): Promise<Position> {
    this.#mustBeOpen();
    const key = keyIn(topic, value);
    const latest = this.#latest.get(topic.name) ?? new Map<string, BusRecord>();
    this.#latest.set(topic.name, latest);
    const before = latest.get(key);
    const sequence = (before?.sequence ?? 0) + 1;
    const whole: BusRecord = { epoch: this.#epoch, sequence, key, form: 'value', payload: JSON.stringify(value) };
    latest.set(key, whole);
    // The first value of a key has nothing before it that a change could be folded into.
    const folds = before !== undefined && change !== undefined && change !== null;
    this.#deliver(topic.name, folds ? { ...whole, form: 'change', payload: JSON.stringify(change) } : whole);
    return { epoch: this.#epoch, sequence };
  }

  async publishEvent<V>(topic: EventTopic<V>, value: V): Promise<Position> {
    this.#mustBeOpen();
    const name = topic.ownerOf ? streamName(streamOf(topic, ownerIn(topic, value))) : topic.name;
    let stream = this.#streams.get(name);
    if (!stream) {
      stream = new MemoryStream(this.#epoch, retentionOf(topic, this.#options));
      this.#streams.set(name, stream);
    }
    const now = this.#options.clock.now();
    const key = keyIn(topic, value);
    const id = topic.idOf(value);
    const first = stream.positionOf(id, now);
    if (first) return first;
    const record = stream.append(key, id, JSON.stringify(value), now);
    this.#deliver(name, record);
    return { epoch: record.epoch, sequence: record.sequence };
  }

  async subscribe(topic: TopicRef, listener: BusListener): Promise<() => void> {
    this.#mustBeOpen();
    const name = streamName(topic);
    const listeners = this.#listeners.get(name) ?? new Listeners(name, this.#options.log);
    this.#listeners.set(name, listeners);
    // Its own object: one listener may subscribe twice, and each subscription ends by itself.
    const own: BusListener = { message: (record) => listener.message(record), restored: () => listener.restored() };
    listeners.add(own);
    return () => {
      listeners.remove(own);
      // Owners come and go: what nobody listens to takes no room.
      if (listeners.size === 0 && this.#listeners.get(name) === listeners) this.#listeners.delete(name);
    };
  }

  async latest(topic: TopicRef, keys?: readonly string[]): Promise<ReadonlyMap<string, BusRecord>> {
    this.#mustBeOpen();
    const latest = this.#latest.get(topic.name) ?? new Map<string, BusRecord>();
    if (!keys) return new Map(latest);
    const found = new Map<string, BusRecord>();
    for (const key of keys) {
      const record = latest.get(key);
      if (record) found.set(key, record);
    }
    return found;
  }

  async positions(topic: TopicRef, keys?: readonly string[]): Promise<ReadonlyMap<string, Position>> {
    const positions = new Map<string, Position>();
    for (const [key, { epoch, sequence }] of await this.latest(topic, keys)) positions.set(key, { epoch, sequence });
    return positions;
  }

  async readAfter(topic: TopicRef, after: number, limit: number): Promise<EventPage> {
    this.#mustBeOpen();
    return this.#streams.get(streamName(topic))?.after(after, limit, this.#options.clock.now()) ?? this.#nothing();
  }

  async readBefore(topic: TopicRef, before: number, limit: number): Promise<EventPage> {
    this.#mustBeOpen();
    return this.#streams.get(streamName(topic))?.before(before, limit, this.#options.clock.now()) ?? this.#nothing();
  }

  async drop(topic: TopicRef, keys: readonly string[]): Promise<void> {
    for (const key of keys) this.forget(topic, key);
  }

  forget(topic: TopicRef, key: string): void {
    this.#latest.get(topic.name)?.delete(key);
  }

  state(): BusState {
    return this.#closed ? 'down' : 'ready';
  }

  onStateChange(): () => void {
    return () => {};
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    this.#latest.clear();
    this.#streams.clear();
  }

  /**
   * Listeners are called within the publish: nothing can fall between storing and sending, and a test needs no waiting.
   * A listener that publishes would so overtake its own record on the way to the listeners after it; what it publishes
   * is therefore stored at once but sent when the record under way has reached everybody.
   */
  #deliver(stream: string, record: BusRecord): void {
    this.#deliveries.push({ stream, record });
    if (this.#delivering) return;
    this.#delivering = true;
    for (let next = this.#deliveries.shift(); next; next = this.#deliveries.shift()) {
      this.#listeners.get(next.stream)?.message(next.record);
    }
    this.#delivering = false;
  }

  #nothing(): EventPage {
    return { records: [], epoch: this.#epoch, head: 0, oldest: 1 };
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new ApiError('UNAVAILABLE', 'The service is stopping.');
  }
}
