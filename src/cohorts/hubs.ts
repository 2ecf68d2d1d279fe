import type { Bus } from '../bus/bus.ts';
import type { EventTopic, StateTopic, TopicReach } from '../bus/topics.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Address } from '../model/identity.ts';
import { ownerRoute } from '../model/owner.ts';
import type { Archive } from '../store/archive/archive.ts';
import { EventHub } from './event-hub.ts';
import { StateHub } from './state-hub.ts';

/** A hub for as long as somebody needs it. */
export interface Lease<V> {
  readonly hub: EventHub<V>;
  /** To be called once. */
  release(): void;
}

/** The hubs of a process: one a topic, made when it is first wanted; one an owner, dropped when nobody wants it any more. */
export class Hubs {
  readonly #buses: Readonly<Record<TopicReach, Bus>>;
  readonly #archive: Archive | null;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #states = new Map<string, StateHub<unknown, unknown>>();
  readonly #events = new Map<string, EventHub<unknown>>();
  readonly #owned = new Map<string, { readonly hub: EventHub<unknown>; leases: number }>();

  constructor(buses: Readonly<Record<TopicReach, Bus>>, clock: Clock, log: Log, archive: Archive | null = null) {
    this.#archive = archive;
    this.#buses = buses;
    this.#clock = clock;
    this.#log = log;
  }

  /** Streams of owners that are followed. */
  get owned(): number {
    return this.#owned.size;
  }

  state(topic: StateTopic<unknown, unknown>): StateHub<unknown, unknown> {
    let hub = this.#states.get(topic.name);
    if (!hub) {
      hub = new StateHub(topic, this.#buses[topic.reach], this.#clock, this.#log);
      this.#states.set(topic.name, hub);
    }
    return hub;
  }

  event(topic: EventTopic<unknown>): EventHub<unknown> {
    let hub = this.#events.get(topic.name);
    if (!hub) {
      hub = this.#make(topic, null);
      this.#events.set(topic.name, hub);
    }
    return hub;
  }

  lease(topic: EventTopic<unknown>, owner: Address): Lease<unknown> {
    const id = `${topic.name}/${ownerRoute(owner)}`;
    const owned = this.#owned.get(id) ?? { hub: this.#make(topic, owner), leases: 0 };
    this.#owned.set(id, owned);
    owned.leases++;
    return {
      hub: owned.hub,
      release: () => {
        if (--owned.leases > 0) return;
        owned.hub.close();
        this.#owned.delete(id);
      },
    };
  }

  close(): void {
    for (const hub of this.#states.values()) hub.close();
    for (const hub of this.#events.values()) hub.close();
    for (const { hub } of this.#owned.values()) hub.close();
  }

  #make(topic: EventTopic<unknown>, owner: Address | null): EventHub<unknown> {
    const archive = this.#archive;
    return new EventHub(topic, this.#buses[topic.reach], this.#clock, this.#log, { owner, archive });
  }
}
