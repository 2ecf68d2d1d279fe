import { commandClient, type RedisClient, type RedisServer } from '../../bus/redis-client.ts';
import { RedisLink } from '../../bus/redis-link.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';

/**
 * Longest wait for an answer before a client is let in by what this process knows, milliseconds. Every new connection
 * may wait so long while Redis hangs; three seconds later the link gives it up, and nobody waits.
 */
const ANSWER_MS = 250;

export interface LimitsRedisOptions extends RedisServer {
  readonly prefix: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** The Redis in which processes count together, asked for a moment only: limits are no reason to keep anyone out. */
export class LimitsRedis {
  readonly prefix: string;
  readonly #clock: Clock;
  readonly #link: RedisLink;
  readonly #whenUp: ((client: RedisClient) => Promise<unknown>)[] = [];
  #unanswered = 0;

  constructor({ prefix, clock, log, ...server }: LimitsRedisOptions) {
    // One slot of a Cluster: a script counts several subjects at once.
    this.prefix = `${prefix}:{limits}`;
    this.#clock = clock;
    this.#link = new RedisLink(commandClient(server, 'limits'), 'limits', clock, log, {
      prepare: async (client) => {
        for (const run of this.#whenUp) await run(client);
      },
      up: () => undefined,
      down: () => undefined,
    });
  }

  get ready(): boolean {
    return this.#link.ready;
  }

  /** Questions that were not answered in time: what they counted, each process counted for itself. */
  get unanswered(): number {
    return this.#unanswered;
  }

  get client(): RedisClient {
    return this.#link.client;
  }

  /** Runs on every new connection before anything is asked over it; at once, too, when one stands. */
  whenUp(run: (client: RedisClient) => Promise<unknown>): void {
    this.#whenUp.push(run);
    if (this.ready) this.tell(run);
  }

  /** @returns null when there is no answer, for whatever reason, within {@link ANSWER_MS}. */
  async ask<T>(send: (client: RedisClient) => Promise<T>): Promise<T | null> {
    const late = Promise.withResolvers<null>();
    const cancel = this.#clock.after(ANSWER_MS, () => late.resolve(null));
    const answer = await Promise.race([this.#link.call(send).catch(() => null), late.promise]);
    cancel();
    if (answer === null) this.#unanswered++;
    return answer;
  }

  /** Sends what needs no answer. It may be lost: whoever tells says it again at the next {@link whenUp}. */
  tell(send: (client: RedisClient) => Promise<unknown>): void {
    this.#link.call(send).catch(() => undefined);
  }

  close(): Promise<void> {
    return this.#link.close();
  }
}
