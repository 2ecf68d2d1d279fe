import { RedisPubSub } from 'graphql-redis-subscriptions';
import type { Redis } from 'ioredis';
import { background } from '../lib/background.ts';
import { Backoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { BusListener } from './bus.ts';
import { ChannelListeners } from './channel-listeners.ts';
import { messageClient, type RedisClient, type RedisServer } from './redis-client.ts';
import type { TopicKeys } from './redis-keys.ts';
import { ANSWER_TIMEOUT_MS, ConnectionLost, RedisLink, unavailable } from './redis-link.ts';

interface LiveChannel {
  readonly name: string;
  readonly listeners: ChannelListeners;
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

/** What is published on Redis channels, as heard by this process: one subscription a channel, however many listen. */
export class RedisLive {
  readonly #link: RedisLink<Redis>;
  readonly #pubsub: RedisPubSub;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #changed: () => void;
  readonly #channels = new Map<string, LiveChannel>();
  readonly #backoff = new Backoff(REFUSED);
  #garbage = 0;
  #garbageToldAt = Number.NEGATIVE_INFINITY;

  constructor(server: RedisServer, publisher: RedisClient, clock: Clock, log: Log, changed: () => void) {
    this.#clock = clock;
    this.#log = log;
    this.#changed = changed;
    this.#link = new RedisLink(messageClient(server, 'tidewire-live'), 'tidewire-live', clock, log, {
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
    for (const channel of this.#channels.values()) if (channel.broken || channel.refused) return false;
    return true;
  }

  /**
   * Resolves when the listener hears everything of this stream that is published from then on.
   * @throws ApiError `UNAVAILABLE` when Redis does not confirm it in time.
   */
  async subscribe(stream: string, { channel: name, address }: TopicKeys, listener: BusListener): Promise<() => void> {
    const channel = this.#channels.get(name) ?? this.#open(name, address !== '');
    // Its own object: one listener may subscribe twice, and each subscription ends by itself.
    const own: BusListener = { message: (record) => listener.message(record), restored: () => listener.restored() };
    if (channel.confirmed) channel.listeners.add(stream, own);
    else await this.#confirmed(channel, () => channel.listeners.add(stream, own));
    return () => {
      channel.listeners.remove(stream, own);
      this.#closeIfUnheard(channel);
    };
  }

  async close(): Promise<void> {
    this.#channels.clear();
    await this.#link.close();
  }

  #open(name: string, addressed: boolean): LiveChannel {
    const channel: LiveChannel = {
      name,
      listeners: new ChannelListeners(addressed, this.#log),
      waiting: new Set(),
      confirmed: false,
      broken: false,
      refused: false,
      subscription: 0,
    };
    this.#channels.set(name, channel);
    const listening = this.#pubsub.subscribe(name, (message: Buffer) => this.#heard(channel, message));
    background(
      'listen',
      listening.then((subscription) => this.#listening(channel, subscription)),
      this.#log,
    );
    background('subscribe', this.#subscribe(channel), this.#log);
    return channel;
  }

  #listening(channel: LiveChannel, subscription: number): void {
    channel.subscription = subscription;
  }

  async #confirmed(channel: LiveChannel, listen: () => void): Promise<void> {
    const confirmed = Promise.withResolvers<void>();
    const join = () => {
      listen();
      confirmed.resolve();
    };
    channel.waiting.add(join);
    const cancel = this.#clock.after(ANSWER_TIMEOUT_MS, () => confirmed.reject(unavailable()));
    try {
      await confirmed.promise;
    } finally {
      cancel();
      channel.waiting.delete(join);
      this.#closeIfUnheard(channel);
    }
  }

  async #subscribe(channel: LiveChannel): Promise<void> {
    try {
      await this.#link.call((client) => client.subscribe(channel.name));
      this.#confirm(channel);
    } catch (error) {
      // Without a connection there is nothing to be done until there is one, and then all channels are subscribed again.
      if (!(error instanceof ConnectionLost)) this.#wasRefused(channel, error);
    }
  }

  #confirm(channel: LiveChannel): void {
    if (channel.confirmed || this.#channels.get(channel.name) !== channel) return;
    channel.confirmed = true;
    const missed = channel.broken;
    channel.broken = false;
    if (channel.refused) this.#backoff.reset();
    channel.refused = false;
    if (missed) channel.listeners.restored();
    for (const join of channel.waiting) join();
    channel.waiting.clear();
    this.#changed();
  }

  #wasRefused(channel: LiveChannel, error: unknown): void {
    this.#log.error({ channel: channel.name, reason: messageOf(error) }, 'Redis refused a subscription; trying again');
    channel.refused = true;
    this.#changed();
    this.#clock.after(this.#backoff.next(), () => {
      const wanted = this.#channels.get(channel.name) === channel && !channel.confirmed;
      if (wanted) background('subscribe', this.#subscribe(channel), this.#log);
    });
  }

  #heard(channel: LiveChannel, message: Buffer): void {
    // The first messages may lie in the same chunk as the confirmation, whose promise has not run yet: `restored` is
    // said before any of them.
    this.#confirm(channel);
    if (!channel.listeners.message(message)) this.#heardGarbage(channel);
  }

  #heardGarbage(channel: LiveChannel): void {
    this.#garbage++;
    const now = this.#clock.now();
    if (now - this.#garbageToldAt < GARBAGE_LOG_MS) return;
    this.#garbageToldAt = now;
    this.#log.warn({ channel: channel.name, count: this.#garbage }, 'heard messages that are no records; ignored');
  }

  #up(): void {
    for (const channel of this.#channels.values()) background('subscribe', this.#subscribe(channel), this.#log);
    this.#changed();
  }

  #down(): void {
    for (const channel of this.#channels.values()) {
      if (channel.confirmed) channel.broken = true;
      channel.confirmed = false;
    }
    this.#changed();
  }

  #closeIfUnheard(channel: LiveChannel): void {
    const { name } = channel;
    if (!channel.listeners.empty || channel.waiting.size > 0 || this.#channels.get(name) !== channel) return;
    this.#channels.delete(name);
    this.#pubsub.unsubscribe(channel.subscription);
    this.#changed();
    // It fails only with the connection, and then there is nothing left to end.
    background(
      'unsubscribe',
      this.#link.call((client) => client.unsubscribe(name)).catch(() => {}),
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
