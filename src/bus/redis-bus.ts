import { Cluster } from 'ioredis';
import { background } from '../lib/background.ts';
import type { Cancel, Clock } from '../lib/clock.ts';
import { ApiError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Address } from '../model/identity.ts';
import { ownerOfKey, ownerRoute } from '../model/owner.ts';
import type { Bus, BusListener, BusRecord, BusState, EventPage, Position, SharedBus } from './bus.ts';
import { newEpoch } from './epoch.ts';
import { type Fence, Fenced, type Leases } from './lease.ts';
import { type KnownLife, positionsIn, publishAnswer, readAnswer } from './redis-answers.ts';
import { commandClient, type RedisServer } from './redis-client.ts';
import { type KeySpace, sequenceField, type TopicKeys, topicKeys } from './redis-keys.ts';
import { RedisLeases } from './redis-leases.ts';
import { RedisLink } from './redis-link.ts';
import { RedisLive } from './redis-live.ts';
import type { Batch } from './redis-outbox.ts';
import { type EventLane, type Lane, type Producer, RedisPublisher } from './redis-publisher.ts';
import { ServerRuns } from './redis-run.ts';
import {
  ANNOUNCE,
  batchArguments,
  DROP,
  type LifeArguments,
  lifeArguments,
  PUBLISH_EVENTS,
  PUBLISH_STATES,
  READ_EVENTS,
} from './redis-scripts.ts';
import { recordOfText } from './redis-wire.ts';
import { type RetentionSettings, retentionOf } from './retention.ts';
import { streamName } from './stream.ts';
import { type EventTopic, type StateTopic, type TopicRef, topics } from './topics.ts';

export interface RedisBusOptions extends RetentionSettings, RedisServer {
  readonly clock: Clock;
  readonly log: Log;
  /** First part of every key and channel: systems that share a server have each their own. */
  readonly prefix?: string;
}

/**
 * The bus of many processes, through one Redis. It is there at once, `down` until Redis answers, and comes back by
 * itself whenever Redis does. The server must not evict keys (`maxmemory-policy noeviction`).
 */
export function createRedisBus(options: RedisBusOptions): SharedBus {
  return new RedisBus(options);
}

/** What is still to be sent when the process stops gets this long, milliseconds. */
const CLOSING_MS = 2_000;

/** How often a topic that this process publishes is trimmed even if nothing happens on it, milliseconds. */
const TRIM_MS = 60_000;

/** Keys whose values one script takes away: it holds up everybody else meanwhile, and Lua unpacks no more than some thousands. */
const DROPPED_AT_ONCE = 500;

const DEFAULT_PREFIX = 'tidewire';

class RedisBus implements SharedBus {
  readonly leases: Leases;
  readonly #options: RedisBusOptions;
  readonly #log: Log;
  readonly #link: RedisLink;
  readonly #live: RedisLive;
  readonly #runs: ServerRuns;
  /** What comes under no lease. */
  readonly #publisher: RedisPublisher;
  readonly #publishers = new Set<RedisPublisher>();
  readonly #space: KeySpace;
  /** Of topics; those of owners' streams are made when they are needed, since there is no end of them. */
  readonly #keys = new Map<string, TopicKeys>();
  /** By {@link streamName}. */
  readonly #known = new Map<string, KnownLife>();
  /** Event streams that this process publishes and that hold something, by {@link streamName}. */
  readonly #published = new Map<string, EventLane>();
  readonly #watchers = new Set<(state: BusState) => void>();
  readonly #stopTrimming: Cancel;
  #state: BusState = 'down';
  #closed = false;

  constructor(options: RedisBusOptions) {
    const { clock, log } = options;
    this.#options = options;
    this.#log = log.child({ part: 'redis-bus' });
    const client = commandClient(options, 'tidewire-commands');
    const { prefix = DEFAULT_PREFIX } = options;
    this.#space =
      client instanceof Cluster
        ? { prefix, database: 0, slotted: true }
        : { prefix, database: client.options.db ?? 0, slotted: false };
    this.#runs = new ServerRuns(client);
    this.#link = new RedisLink(client, 'tidewire-commands', clock, this.#log, {
      prepare: () => this.#runs.learn(),
      up: () => {
        for (const { outbox } of this.#publishers) outbox.online();
        this.#judge();
      },
      down: () => {
        for (const { outbox } of this.#publishers) outbox.offline();
        this.#judge();
      },
    });
    this.#publisher = this.#openPublisher(null);
    this.leases = new RedisLeases(prefix, (send) => this.#link.call(send));
    this.#live = new RedisLive(options, client, clock, this.#log, () => this.#judge());
    this.#stopTrimming = clock.every(TRIM_MS, () => background('trim streams', this.#trim(), this.#log));
  }

  publishState<V, C>(topic: StateTopic<V, C>, value: V, change?: C | null): Promise<Position> {
    return this.#publisher.publishState(topic, value, change);
  }

  publishEvent<V>(topic: EventTopic<V>, value: V): Promise<Position> {
    return this.#publisher.publishEvent(topic, value);
  }

  fenced(fence: Fence): Bus {
    this.#mustBeOpen();
    const publisher = this.#openPublisher(fence);
    return {
      publishState: (topic, value, change) => publisher.publishState(topic, value, change),
      publishEvent: (topic, value) => publisher.publishEvent(topic, value),
      subscribe: (topic, listener) => this.subscribe(topic, listener),
      latest: (topic, keys) => this.latest(topic, keys),
      positions: (topic, keys) => this.positions(topic, keys),
      drop: (topic, keys) => this.#drop(topic, keys, fence),
      readAfter: (topic, after, limit) => this.readAfter(topic, after, limit),
      readBefore: (topic, before, limit) => this.readBefore(topic, before, limit),
      state: () => this.state(),
      onStateChange: (changed) => this.onStateChange(changed),
      close: async () => {
        await publisher.outbox.close(CLOSING_MS);
        this.#publishers.delete(publisher);
        this.#judge();
      },
    };
  }

  async announce({ name, token }: Fence): Promise<void> {
    this.#mustBeOpen();
    const shared: readonly TopicRef[] = Object.values(topics).filter(({ reach }) => reach === 'shared');
    await Promise.all(
      shared.map(({ kind, name: topic }) => {
        const { fences } = this.#keysOf({ kind, name: topic });
        return this.#link.call((client) => ANNOUNCE.run(client, [fences], [name, token])).catch(knowingFenced(name));
      }),
    );
  }

  async eraseOwner(owner: Address): Promise<void> {
    this.#mustBeOpen();
    const owned = Object.values(topics).filter((topic) => topic.reach === 'shared' && 'ownerOf' in topic);
    for (const topic of owned) {
      if (topic.kind === 'event') {
        const { life, stream, ids } = this.#keysOf({ kind: 'event', name: topic.name, owner });
        await this.#link.ask((client) => client.del(life, stream, ids));
      } else {
        const keys = await this.#link.ask((client) => client.hkeys(this.#keysOf(topic).latest));
        await this.drop(
          topic,
          keys.filter((key) => ownerOfKey(key) === ownerRoute(owner)),
        );
      }
    }
    // They carry what was asked for a moment ago, of everybody.
    const { stream, ids } = this.#keysOf(topics.nudges);
    await this.#link.ask((client) => client.del(stream, ids));
  }

  async subscribe(topic: TopicRef, listener: BusListener): Promise<() => void> {
    this.#mustBeOpen();
    return await this.#live.subscribe(streamName(topic), this.#keysOf(topic), listener);
  }

  async latest(topic: TopicRef, keys?: readonly string[]): Promise<ReadonlyMap<string, BusRecord>> {
    this.#mustBeOpen();
    const records = new Map<string, BusRecord>();
    if (keys?.length === 0) return records;
    const { latest } = this.#keysOf(topic);
    const texts = await this.#link.ask(async (client) => {
      if (!keys) return Object.entries(await client.hgetall(latest));
      const found = await client.hmget(latest, ...keys);
      return keys.map((key, at) => [key, found[at] ?? null] as const);
    });
    for (const [key, text] of texts) {
      const record = text === null ? null : recordOfText(text);
      if (record?.key === key) records.set(key, record);
      else if (text !== null) this.#log.warn({ topic: topic.name, key }, 'a latest value is no record; ignored');
    }
    return records;
  }

  async positions(topic: TopicRef, keys?: readonly string[]): Promise<ReadonlyMap<string, Position>> {
    this.#mustBeOpen();
    if (keys?.length === 0) return new Map();
    const { life } = this.#keysOf(topic);
    const counted = await this.#link.ask(async (client) => {
      if (!keys) return await client.hgetall(life);
      const fields = ['epoch', ...keys.map(sequenceField)];
      const found = await client.hmget(life, ...fields);
      return Object.fromEntries(fields.map((field, at) => [field, found[at] ?? '']));
    });
    return positionsIn(counted);
  }

  drop(topic: TopicRef, keys: readonly string[]): Promise<void> {
    return this.#drop(topic, keys, null);
  }

  readAfter(topic: TopicRef, after: number, limit: number): Promise<EventPage> {
    return this.#read(topic, 'after', Math.min(Math.max(0, after) + 1, Number.MAX_SAFE_INTEGER), limit);
  }

  readBefore(topic: TopicRef, before: number, limit: number): Promise<EventPage> {
    return this.#read(topic, 'before', Math.min(Math.max(1, before) - 1, Number.MAX_SAFE_INTEGER), limit);
  }

  state(): BusState {
    return this.#state;
  }

  onStateChange(changed: (state: BusState) => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopTrimming();
    await Promise.all([...this.#publishers].map(({ outbox }) => outbox.close(CLOSING_MS)));
    await Promise.all([this.#live.close(), this.#link.close()]);
    this.#watchers.clear();
  }

  #openPublisher(fence: Fence | null): RedisPublisher {
    const publisher = new RedisPublisher(
      {
        clock: this.#options.clock,
        log: this.#log,
        send: (topic, batch, producer) => this.#send(topic, batch, producer),
        toStream: (lane) => this.#published.set(streamName(lane), lane),
        refusingChanged: () => this.#judge(),
      },
      fence,
    );
    this.#publishers.add(publisher);
    if (this.#link?.ready) publisher.outbox.online();
    return publisher;
  }

  async #send(topic: Lane, batch: Batch, { id: producer, fence }: Producer): Promise<readonly Position[]> {
    const keys = this.#keysOf(topic);
    const from = keys.from + producer;
    const sending = this.#link.call((client) => {
      const args = [...lifeArguments(this.#life(topic)), ...batchArguments(batch.number, fence), keys.channel];
      if (topic.kind === 'state') {
        for (const { key, payload, change } of batch.parcels) args.push(key, payload, change);
        return PUBLISH_STATES.run(client, [keys.life, keys.latest, from, keys.fences], args);
      }
      const retention = retentionOf(topic, this.#options);
      args.push(this.#options.clock.now(), retention.ms, retention.events, keys.address);
      for (const { key, id, payload } of batch.parcels) args.push(key, id, payload);
      return PUBLISH_EVENTS.run(client, [keys.life, keys.stream, keys.ids, from, keys.fences], args);
    });
    const answer = await sending.catch(knowingFenced(fence?.name ?? ''));
    const published = publishAnswer(answer);
    this.#learn(topic, published);
    return published.sequences.map((sequence) => ({ epoch: published.epoch, sequence }));
  }

  async #drop(topic: TopicRef, keys: readonly string[], fence: Fence | null): Promise<void> {
    this.#mustBeOpen();
    const { latest, life, fences } = this.#keysOf(topic);
    const under = [fence?.name ?? '', fence?.token ?? 0];
    for (let from = 0; from < keys.length; from += DROPPED_AT_ONCE) {
      const some = keys.slice(from, from + DROPPED_AT_ONCE);
      const dropped = await this.#link.ask((client) =>
        DROP.run(client, [latest, life, fences], [...under, ...some, ...some.map(sequenceField)])
          .then(() => true)
          // Not a reason to ask again, nor to say that the store is away.
          .catch((error: unknown) => !isFenced(error) && Promise.reject(error)),
      );
      if (!dropped) throw new Fenced(fence?.name ?? '');
    }
  }

  async #read(topic: TopicRef, direction: 'after' | 'before', from: number, limit: number): Promise<EventPage> {
    this.#mustBeOpen();
    const { life, stream, ids } = this.#keysOf(topic);
    const answer = await this.#link.ask((client) => {
      const args = [
        ...lifeArguments(this.#life(topic)),
        this.#options.clock.now(),
        direction,
        from,
        Math.max(0, limit),
      ];
      return READ_EVENTS.run(client, [life, stream, ids], args);
    });
    const read = readAnswer(answer, direction === 'before');
    this.#learn(topic, read);
    return read.page;
  }

  #keysOf(topic: TopicRef): TopicKeys {
    const known = topic.owner === undefined ? this.#keys.get(topic.name) : undefined;
    if (known) return known;
    const keys = topicKeys(this.#space, topic);
    if (topic.owner === undefined) this.#keys.set(topic.name, keys);
    return keys;
  }

  #life(topic: TopicRef): LifeArguments {
    const known = this.#known.get(streamName(topic));
    const run = this.#runs.of(this.#keysOf(topic).life);
    return {
      // New each time: a name is given to one life only, and says when it began.
      candidate: newEpoch(this.#options.clock.now()),
      run: run.id,
      lasting: run.lasting,
      knownEpoch: known?.epoch ?? '',
      knownVersion: known?.version ?? 0,
    };
  }

  #learn(topic: TopicRef, { epoch, version }: KnownLife): void {
    const name = streamName(topic);
    const known = this.#known.get(name);
    if (known && known.epoch !== epoch)
      this.#log.warn({ topic: topic.name, epoch }, 'a new epoch began: history broke');
    this.#known.set(name, { epoch, version });
  }

  /** One after the other: of owners' streams there may be thousands. One that is empty is not looked at again. */
  async #trim(): Promise<void> {
    for (const [name, topic] of [...this.#published]) {
      if (!this.#link.ready) return;
      const { head, oldest } = await this.#read(topic, 'after', Number.MAX_SAFE_INTEGER, 0);
      if (oldest > head && topic.owner !== undefined) this.#published.delete(name);
    }
  }

  #judge(): void {
    const whole = this.#link.ready && this.#live.whole && ![...this.#publishers].some(({ outbox }) => outbox.refusing);
    const state = whole ? 'ready' : 'down';
    if (state === this.#state) return;
    this.#state = state;
    for (const changed of this.#watchers) changed(state);
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new ApiError('UNAVAILABLE', 'The service is stopping.');
  }
}

/** Turns the scripts' word for a late holder of a lease into its error. */
function knowingFenced(lease: string): (error: unknown) => never {
  return (error) => {
    if (isFenced(error)) throw new Fenced(lease);
    throw error;
  };
}

function isFenced(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('FENCED');
}
