import { RedisPubSub } from 'graphql-redis-subscriptions';
import type { Redis } from 'ioredis';
import { background } from '../lib/background.ts';
import { Backoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { BusListener } from './bus.ts';
import { Listeners } from './listeners.ts';
import { ANSWER_TIMEOUT_MS, ConnectionLost, RedisLink, unavailable } from './redis-link.ts';
import { recordOfMessage } from './redis-wire.ts';

interface LiveTopic {
  readonly channel: string;
  readonly listeners: Listeners;
  /** Who is heard from the moment the subscription is confirmed. */
  readonly waiting: Set<() => void>;
  /** Whether Redis has confirmed the subscription on the connection that stands. */
  confirmed: boolean;
  /** Whether something may have been missed since it was last confirmed. */
  broken: boolean;
  refused: boolean;
  subscription: number;
}

/** A SUBSCRIBE that was refused (a user without the right to the channel) is tried again. Milliseconds. */
const REFUSED = { minMs: 200, maxMs: 10_000 };

/** How often a message that is no record is told of in the log, milliseconds. */
const GARBAGE_LOG_MS = 60_000;

/** What is published on Redis channels, as heard by this process: one subscription a topic, however many listen. */
export class RedisLive {
  readonly #link: RedisLink;
  readonly #pubsub: RedisPubSub;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #changed: () => void;
  readonly #topics = new Map<string, LiveTopic>();
  readonly #backoff = new Backoff(REFUSED);
  #garbage = 0;
  #garbageToldAt = Number.NEGATIVE_INFINITY;

  constructor(url: string, publisher: Redis, clock: Clock, log: Log, changed: () => void) {
    this.#clock = clock;
    this.#log = log;
    this.#changed = changed;
    this.#link = new RedisLink(url, 'tidewire-live', clock, log, {
      prepare: async () => {},
      up: () => this.#up(),
      down: () => this.#down(),
    });
    this.#pubsub = new RedisPubSub({
      publisher,
      subscriber: withoutSubscribing(this.#link.client),
      // Bytes, and no deserialiser: it would be given a copy of each message.
      messageEventName: 'messageBuffer',
    });
  }

  /** Whether everything that is published is heard. */
  get whole(): boolean {
    if (!this.#link.ready) return false;
    for (const topic of this.#topics.values()) if (topic.broken || topic.refused) return false;
    return true;
  }

  /**
   * Resolves when the listener hears everything that is published from then on.
   * @throws ApiError `UNAVAILABLE` when Redis does not confirm it in time.
   */
  async subscribe(name: string, channel: string, listener: BusListener): Promise<() => void> {
    const topic = this.#topics.get(channel) ?? this.#open(name, channel);
    // Its own object: one listener may subscribe twice, and each subscription ends by itself.
    const own: BusListener = { message: (record) => listener.message(record), restored: () => listener.restored() };
    if (topic.confirmed) topic.listeners.add(own);
    else await this.#confirmed(topic, own);
    return () => {
      topic.listeners.remove(own);
      this.#closeIfUnheard(topic);
    };
  }

  async close(): Promise<void> {
    this.#topics.clear();
    await this.#link.close();
  }

  #open(name: string, channel: string): LiveTopic {
    const topic: LiveTopic = {
      channel,
      listeners: new Listeners(name, this.#log),
      waiting: new Set(),
      confirmed: false,
      broken: false,
      refused: false,
      subscription: 0,
    };
    this.#topics.set(channel, topic);
    const listening = this.#pubsub.subscribe(channel, (message: Buffer) => this.#heard(topic, message));
    background(
      'listen',
      listening.then((subscription) => this.#listening(topic, subscription)),
      this.#log,
    );
    background('subscribe', this.#subscribe(topic), this.#log);
    return topic;
  }

  #listening(topic: LiveTopic, subscription: number): void {
    topic.subscription = subscription;
  }

  async #confirmed(topic: LiveTopic, listener: BusListener): Promise<void> {
    const confirmed = Promise.withResolvers<void>();
    const join = () => {
      topic.listeners.add(listener);
      confirmed.resolve();
    };
    topic.waiting.add(join);
    const cancel = this.#clock.after(ANSWER_TIMEOUT_MS, () => confirmed.reject(unavailable()));
    try {
      await confirmed.promise;
    } finally {
      cancel();
      topic.waiting.delete(join);
      this.#closeIfUnheard(topic);
    }
  }

  async #subscribe(topic: LiveTopic): Promise<void> {
    try {
      await this.#link.call((client) => client.subscribe(topic.channel));
      this.#confirm(topic);
    } catch (error) {
      // Without a connection there is nothing to be done until there is one, and then all topics are subscribed again.
      if (!(error instanceof ConnectionLost)) this.#wasRefused(topic, error);
    }
  }

  #confirm(topic: LiveTopic): void {
    if (topic.confirmed || this.#topics.get(topic.channel) !== topic) return;
    topic.confirmed = true;
    const missed = topic.broken;
    topic.broken = false;
    if (topic.refused) this.#backoff.reset();
    topic.refused = false;
    if (missed) topic.listeners.restored();
    for (const join of topic.waiting) join();
    topic.waiting.clear();
    this.#changed();
  }

  #wasRefused(topic: LiveTopic, error: unknown): void {
    this.#log.error({ channel: topic.channel, reason: messageOf(error) }, 'Redis refused a subscription; trying again');
    topic.refused = true;
    this.#changed();
    this.#clock.after(this.#backoff.next(), () => {
      const wanted = this.#topics.get(topic.channel) === topic && !topic.confirmed;
      if (wanted) background('subscribe', this.#subscribe(topic), this.#log);
    });
  }

  #heard(topic: LiveTopic, message: Buffer): void {
    // The first messages may lie in the same chunk as the confirmation, whose promise has not run yet: `restored` is
    // said before any of them.
    this.#confirm(topic);
    const record = recordOfMessage(message);
    if (record) topic.listeners.message(record);
    else this.#heardGarbage(topic);
  }

  #heardGarbage(topic: LiveTopic): void {
    this.#garbage++;
    const now = this.#clock.now();
    if (now - this.#garbageToldAt < GARBAGE_LOG_MS) return;
    this.#garbageToldAt = now;
    this.#log.warn({ channel: topic.channel, count: this.#garbage }, 'heard messages that are no records; ignored');
  }

  #up(): void {
    for (const topic of this.#topics.values()) background('subscribe', this.#subscribe(topic), this.#log);
    this.#changed();
  }

  #down(): void {
    for (const topic of this.#topics.values()) {
      if (topic.confirmed) topic.broken = true;
      topic.confirmed = false;
    }
    this.#changed();
  }

  #closeIfUnheard(topic: LiveTopic): void {
    const { channel } = topic;
    if (topic.listeners.size > 0 || topic.waiting.size > 0 || this.#topics.get(channel) !== topic) return;
    this.#topics.delete(channel);
    this.#pubsub.unsubscribe(topic.subscription);
    this.#changed();
    // It fails only with the connection, and then there is nothing left to end.
    background(
      'unsubscribe',
      this.#link.call((client) => client.unsubscribe(channel)).catch(() => {}),
      this.#log,
    );
  }
}

/**
 * The same connection, but SUBSCRIBE and UNSUBSCRIBE said to it do nothing and succeed. RedisPubSub sends them once, when
 * the first listener comes, does not send them again after a reconnect, and leaves a refused one as an unhandled
 * rejection, which ends the process. So it fans out what arrives, and what is subscribed is decided here.
 */
function withoutSubscribing(client: Redis): Redis {
  const instead: Record<string, unknown> = {
    subscribe: (_channel: string, done: (error: null) => void) => done(null),
    unsubscribe: () => {},
    punsubscribe: () => {},
  };
  return new Proxy(client, {
    get(target, name) {
      const own = typeof name === 'string' ? instead[name] : undefined;
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
