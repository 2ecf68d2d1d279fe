import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { LimitsRedis } from './limits-redis.ts';

/**
 * How many connections and streams a subject may begin in a second: in this process, and, with a Redis, over all of
 * them. Without an answer from Redis this process judges alone.
 */
export class Arrivals {
  readonly perSecond: number;
  readonly #here: RateLimiterMemory;
  readonly #everywhere: RateLimiterRedis | null;
  readonly #redis: LimitsRedis | null;

  constructor(perSecond: number, redis: LimitsRedis | null) {
    this.perSecond = perSecond;
    this.#redis = redis;
    const window = { points: perSecond, duration: 1 };
    this.#here = new RateLimiterMemory(window);
    this.#everywhere =
      redis &&
      new RateLimiterRedis({
        ...window,
        storeClient: redis.client,
        keyPrefix: `${redis.prefix}:arrivals`,
        // Whoever is over the limit is told so from memory until the second is over: a flood does not reach Redis.
        inMemoryBlockOnConsumed: perSecond + 1,
      });
  }

  /** 0: it may begin. Else when it may, milliseconds from now. */
  async take(subject: string): Promise<number> {
    const waitMs = await taken(this.#here, subject);
    const everywhere = this.#everywhere;
    if (waitMs > 0 || !everywhere || !this.#redis) return waitMs;
    return (await this.#redis.ask(() => taken(everywhere, subject))) ?? 0;
  }
}

async function taken(limiter: RateLimiterAbstract, subject: string): Promise<number> {
  try {
    await limiter.consume(subject);
    return 0;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext);
    throw refused;
  }
}
