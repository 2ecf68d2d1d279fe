import type { Bus, BusListener, BusRecord, BusState, EventPage, Position } from '../../src/bus/bus.ts';
import type { EventTopic, StateTopic, TopicRef } from '../../src/bus/topics.ts';
import { ApiError } from '../../src/lib/errors.ts';

/** A publish as the bus was given it. */
export interface Publish {
  readonly topic: string;
  readonly key: string;
  readonly value: unknown;
  /** Null for a whole value, and for events. */
  readonly change: unknown;
}

interface Held {
  readonly settle: () => void;
  readonly refuse: () => void;
}

/** A bus on strings: a test sees what is handed to it, and decides what becomes of it. Nothing can be read from it. */
export class RecordingBus implements Bus {
  readonly published: Publish[] = [];
  /** While it gives true, a publish is recorded in `refused` instead, and refused. */
  refuses: (publish: Publish) => boolean = () => false;
  readonly refused: Publish[] = [];
  /** While true, publishes are recorded but answered only by hand, oldest first. */
  holds = false;
  readonly held: Held[] = [];
  epoch = 'first';
  #state: BusState = 'ready';
  readonly #listeners = new Set<(state: BusState) => void>();
  readonly #sequences = new Map<string, number>();

  publishState<V, C>(topic: StateTopic<V, C>, value: V, change: C | null = null): Promise<Position> {
    return this.#publish({ topic: topic.name, key: topic.keyOf(value), value, change });
  }

  publishEvent<V>(topic: EventTopic<V>, value: V): Promise<Position> {
    return this.#publish({ topic: topic.name, key: topic.keyOf(value), value, change: null });
  }

  /** What was published on a topic from a place in `published` on. */
  of(topic: string, from = 0): readonly Publish[] {
    return this.published.slice(from).filter((publish) => publish.topic === topic);
  }

  /** @param tell false for the moment in which the bus has changed and its listeners have not been called yet. */
  become(state: BusState, tell = true): void {
    this.#state = state;
    if (!tell) return;
    for (const changed of this.#listeners) changed(state);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  state(): BusState {
    return this.#state;
  }

  onStateChange(changed: (state: BusState) => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  async close(): Promise<void> {}

  subscribe(_topic: TopicRef, _listener: BusListener): Promise<() => void> {
    throw new Error('a worker does not listen');
  }

  latest(_topic: TopicRef): Promise<ReadonlyMap<string, BusRecord>> {
    throw new Error('a worker does not read');
  }

  drop(): Promise<void> {
    return Promise.resolve();
  }

  positions(_topic: TopicRef): Promise<ReadonlyMap<string, Position>> {
    throw new Error('a worker does not read');
  }

  readAfter(_topic: TopicRef): Promise<EventPage> {
    throw new Error('a worker does not read');
  }

  readBefore(_topic: TopicRef): Promise<EventPage> {
    throw new Error('a worker does not read');
  }

  #publish(publish: Publish): Promise<Position> {
    if (this.refuses(publish)) {
      this.refused.push(publish);
      return Promise.reject(new ApiError('UNAVAILABLE', 'the buffer is full'));
    }
    this.published.push(publish);
    const stream = `${publish.topic} ${publish.key}`;
    const sequence = (this.#sequences.get(stream) ?? 0) + 1;
    this.#sequences.set(stream, sequence);
    const position = { epoch: this.epoch, sequence };
    if (!this.holds) return Promise.resolve(position);
    return new Promise((resolve, reject) => {
      this.held.push({
        settle: () => resolve(position),
        refuse: () => reject(new ApiError('UNAVAILABLE', 'waited too long')),
      });
    });
  }
}

/** Lets the answers of the bus reach whoever waits for them. */
export async function answered(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}
