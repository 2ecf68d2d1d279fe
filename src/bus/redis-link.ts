import { Cluster, ReplyError } from 'ioredis';
import type { Cancel, Clock } from '../lib/clock.ts';
import { ApiError, messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { RedisClient } from './redis-client.ts';
import { traceCommands } from './redis-trace.ts';

/** How long a read, or a wait for a connection, may take before it is refused, milliseconds. */
export const ANSWER_TIMEOUT_MS = 2_000;

/** How often a connection is asked whether it lives, milliseconds. */
const HEARTBEAT_MS = 1_000;

/**
 * Heart-beats without an answer after which a connection counts as dead, or its server as frozen, and is made anew: the
 * kernel would wait many minutes. Counted here, since the `socketTimeout` of ioredis outlives its connection and cuts
 * the next one.
 */
const MISSED_HEARTBEATS = 3;

/** What Redis is to a caller whose command it did not answer. */
export function unavailable(): ApiError {
  return new ApiError('UNAVAILABLE', 'The event store does not answer; try again in a moment.', {
    retryAfterMs: 1_000,
  });
}

/** The connection broke under a command: whether the server has carried it out is not known. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  constructor() {
    super('the connection to Redis was lost');
  }
}

export interface LinkEvents<C extends RedisClient = RedisClient> {
  /** Runs on each new connection before anyone else uses it; the connection is given up when it fails. */
  prepare(client: C): Promise<void>;
  up(): void;
  down(): void;
}

/** A Cluster lives as long as each of its nodes that serve does: one that stands still keeps its share of the keys. */
function asked(client: RedisClient): Promise<unknown> {
  return client instanceof Cluster ? Promise.all(client.nodes('master').map((node) => node.ping())) : client.ping();
}

/** What a Cluster says while it has no node for some keys: it does so until one has taken over. */
const NOBODY_SERVES = /^(CLUSTERDOWN|MASTERDOWN|TRYAGAIN)/;

/** A connection to Redis that comes back by itself, for ever, and never leaves a caller without an answer. */
export class RedisLink<C extends RedisClient = RedisClient> {
  readonly client: C;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #events: LinkEvents<C>;
  readonly #lost = new Set<() => void>();
  readonly #stopHeartbeat: Cancel;
  #ready = false;
  #downSince: number;
  #whenReady = Promise.withResolvers<void>();
  #reason = '';
  #closed = false;
  /** Heart-beats since something was last answered, or since the connection was made. */
  #missed = 0;

  constructor(client: C, name: string, clock: Clock, log: Log, events: LinkEvents<C>) {
    this.client = client;
    this.#name = name;
    this.#clock = clock;
    this.#log = log;
    this.#events = events;
    this.#downSince = clock.now();
    traceCommands(client);
    this.client.on('error', (error: Error) => {
      this.#reason = messageOf(error);
    });
    this.client.on('connect', () => {
      this.#missed = 0;
    });
    this.client.on('ready', () => {
      this.#prepare().catch((error: unknown) => {
        if (!(error instanceof ConnectionLost)) this.#cut(messageOf(error));
      });
    });
    this.client.on('close', () => this.#wentDown());
    this.client.connect().catch((error: unknown) => this.#couldNotConnect(error));
    this.#stopHeartbeat = clock.every(HEARTBEAT_MS, () => this.#beat());
  }

  get ready(): boolean {
    return this.#ready;
  }

  /**
   * The answer to a command on a connection that stands.
   * @throws ConnectionLost when there is none, or it breaks before the answer.
   */
  call<T>(send: (client: C) => Promise<T>): Promise<T> {
    if (!this.#ready) return Promise.reject(new ConnectionLost());
    return this.#answer(send);
  }

  /**
   * The answer to a read, waiting for a connection that has just broken, but never longer than
   * {@link ANSWER_TIMEOUT_MS} in all.
   * @throws ApiError `UNAVAILABLE`
   */
  async ask<T>(send: (client: C) => Promise<T>): Promise<T> {
    // Who has been away for long is not waited for again by every caller.
    if (!this.#ready && this.#clock.now() - this.#downSince > ANSWER_TIMEOUT_MS) throw unavailable();
    const timeout = Promise.withResolvers<never>();
    const cancel = this.#clock.after(ANSWER_TIMEOUT_MS, () => timeout.reject(unavailable()));
    try {
      for (;;) {
        try {
          return await Promise.race([this.#whenReady.promise.then(() => this.call(send)), timeout.promise]);
        } catch (error) {
          // A read that was cut off may be asked again.
          if (!(error instanceof ConnectionLost) || this.#closed) throw error;
        }
      }
    } catch (error) {
      if (error instanceof ApiError) throw error;
      this.#log.warn({ reason: messageOf(error), connection: this.#name }, 'Redis did not answer a read');
      throw unavailable();
    } finally {
      cancel();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopHeartbeat();
    if (this.#ready) {
      const gone = Promise.withResolvers<void>();
      const cancel = this.#clock.after(ANSWER_TIMEOUT_MS, gone.resolve);
      await Promise.race([this.#answer((client) => client.quit()).catch(() => {}), gone.promise]);
      cancel();
    }
    this.client.disconnect();
    this.#wentDown();
  }

  #answer<T>(send: (client: C) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      // ioredis drops the promises of a connection that broke without settling them.
      const lost = () => reject(new ConnectionLost());
      this.#lost.add(lost);
      send(this.client).then(
        (answer) => {
          this.#lost.delete(lost);
          resolve(answer);
        },
        (error: unknown) => {
          // Of an earlier connection, whose end has been dealt with.
          if (!this.#lost.delete(lost)) return;
          if (error instanceof ReplyError && !NOBODY_SERVES.test(messageOf(error))) return reject(error);
          // Not the server's answer, so the end of the connection, though its closing may not have been told yet.
          reject(new ConnectionLost());
          this.#cut(messageOf(error));
        },
      );
    });
  }

  async #prepare(): Promise<void> {
    await this.#answer((client) => this.#events.prepare(client));
    if (this.#closed) return;
    this.#ready = true;
    this.#whenReady.resolve();
    this.#log.info({ connection: this.#name }, 'connected to Redis');
    this.#events.up();
  }

  #wentDown(): void {
    for (const lost of [...this.#lost]) lost();
    this.#lost.clear();
    if (!this.#ready) return;
    this.#ready = false;
    this.#downSince = this.#clock.now();
    this.#whenReady = Promise.withResolvers<void>();
    if (!this.#closed) this.#log.warn({ connection: this.#name, reason: this.#reason }, 'lost the connection to Redis');
    this.#reason = '';
    this.#events.down();
  }

  /** ioredis goes on trying: this says once why the first attempt failed. */
  #couldNotConnect(error: unknown): void {
    if (this.#closed) return;
    this.#log.warn({ connection: this.#name, reason: messageOf(error) }, 'cannot reach Redis; trying again');
  }

  #beat(): void {
    const { status } = this.client;
    // Between connections there is nothing to ask; ioredis makes the next one.
    if (status !== 'connect' && status !== 'ready') return;
    if (this.#missed >= MISSED_HEARTBEATS) return this.#cut('the server does not answer');
    this.#missed++;
    if (!this.#ready) return;
    const answered = () => {
      this.#missed = 0;
    };
    // A refusal is an answer too; a connection that is lost has been dealt with.
    this.#answer(asked).then(answered, answered);
  }

  /** Gives a connection up: a new one follows. */
  #cut(reason: string): void {
    if (this.#closed) return;
    this.#reason = reason;
    this.client.disconnect(true);
    this.#wentDown();
  }
}
