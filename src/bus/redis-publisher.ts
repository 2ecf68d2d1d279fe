import { randomUUID } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Position } from './bus.ts';
import { keyIn } from './key.ts';
import type { Fence } from './lease.ts';
import { type Batch, RedisOutbox } from './redis-outbox.ts';
import { ownerIn } from './stream.ts';
import { type EventTopic, type StateTopic, streamOf, type TopicRef } from './topics.ts';

/** What is needed of a topic once its values are text. */
export type EventLane = Pick<EventTopic<never>, 'kind' | 'name' | 'retentionEvents'> & Pick<TopicRef, 'owner'>;
export type Lane = Pick<StateTopic<never>, 'kind' | 'name'> | EventLane;

/** Whose a batch is: Redis remembers the last one of each producer, and refuses those of a lease that another holds. */
export interface Producer {
  readonly id: string;
  readonly fence: Fence | null;
}

export interface PublisherServices {
  readonly clock: Clock;
  readonly log: Log;
  readonly send: (topic: Lane, batch: Batch, producer: Producer) => Promise<readonly Position[]>;
  /** An event goes to this stream. */
  readonly toStream: (lane: EventLane) => void;
  readonly refusingChanged: () => void;
}

/** One producer of a process: what it publishes keeps its order, and comes under its lease if it has one. */
export class RedisPublisher {
  readonly producer: Producer;
  readonly outbox: RedisOutbox<Lane>;
  readonly #toStream: (lane: EventLane) => void;

  constructor({ clock, log, send, toStream, refusingChanged }: PublisherServices, fence: Fence | null) {
    this.producer = { id: randomUUID(), fence };
    this.#toStream = toStream;
    this.outbox = new RedisOutbox(clock, log, (topic, batch) => send(topic, batch, this.producer), refusingChanged);
  }

  async publishState<V, C>(topic: StateTopic<V, C>, value: V, change?: C | null): Promise<Position> {
    const payload = JSON.stringify(value);
    const carried = change === undefined || change === null ? '' : JSON.stringify(change);
    return await this.outbox.put(topic, { key: keyIn(topic, value), id: '', payload, change: carried });
  }

  async publishEvent<V>(topic: EventTopic<V>, value: V): Promise<Position> {
    const owner = ownerIn(topic, value);
    const lane: EventLane =
      owner === null ? topic : { ...streamOf(topic, owner), kind: 'event', retentionEvents: topic.retentionEvents };
    this.#toStream(lane);
    const payload = JSON.stringify(value);
    return await this.outbox.put(lane, { key: keyIn(topic, value), id: topic.idOf(value), payload, change: '' });
  }
}
