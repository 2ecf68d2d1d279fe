import { randomUUID } from 'node:crypto';
import type { RedisClient } from '../../bus/redis-client.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import type { LimitsRedis } from './limits-redis.ts';

/** One more of something that a subject holds: a connection of an address, a stream of a user. */
export interface Claim {
  /** What is counted, and whose: `connections:ip:192.0.2.1`. */
  readonly subject: string;
  readonly limit: number;
}

/** How long a process counts as alive after it last said so, milliseconds: so long do the counts of a killed one stand. */
const ALIVE_MS = 6_000;
const SAY_ALIVE_MS = 2_000;

/** Counts that nobody touches are forgotten after this, milliseconds, and said again well before. */
const FORGET_MS = 3_600_000;
const SAY_AGAIN_MS = 1_200_000;

/** Subjects in one command: Redis is held up for less than a millisecond. */
const BATCH = 500;

/**
 * KEYS: a hash of process to count for each subject. ARGV: the name of this process, the prefix of the keys that say
 * who is alive, then for each subject what this process holds, the new one included, and the limit.
 * Sets all or none. Returns the number of the first subject over its limit, or 0. Counts of dead processes are removed.
 *
 * Counts are set, not added to: a command that is sent twice, or lost, leaves nothing behind that the next one does not
 * put right.
 */
const CLAIM = `
for i, key in ipairs(KEYS) do
  local total = tonumber(ARGV[1 + 2 * i])
  local held = redis.call('HGETALL', key)
  for j = 1, #held, 2 do
    if held[j] ~= ARGV[1] then
      if redis.call('EXISTS', ARGV[2] .. held[j]) == 1 then
        total = total + tonumber(held[j + 1])
      else
        redis.call('HDEL', key, held[j])
      end
    end
  end
  if total > tonumber(ARGV[2 + 2 * i]) then return i end
end
for i, key in ipairs(KEYS) do
  redis.call('HSET', key, ARGV[1], ARGV[1 + 2 * i])
  redis.call('PEXPIRE', key, ${FORGET_MS})
end
return 0`;

/** KEYS as above. ARGV: the name of this process, then what it holds of each subject. */
const HOLD = `
for i, key in ipairs(KEYS) do
  if ARGV[1 + i] == '0' then
    redis.call('HDEL', key, ARGV[1])
  else
    redis.call('HSET', key, ARGV[1], ARGV[1 + i])
    redis.call('PEXPIRE', key, ${FORGET_MS})
  end
end`;

/**
 * How many of what each subject holds: in this process, and, with a Redis, over all of them. What a process holds counts
 * only while it says that it is alive, so the counts of one that was killed are gone some seconds later. Without an
 * answer from Redis a claim is judged by what this process holds.
 */
export class HeldCounts {
  readonly #held = new Map<string, number>();
  readonly #redis: LimitsRedis | null;
  readonly #cancels: Cancel[] = [];
  #name = randomUUID();

  constructor(redis: LimitsRedis | null, clock: Clock) {
    this.#redis = redis;
    if (!redis) return;
    redis.whenUp((client) => this.#comeBack(client));
    this.#cancels.push(
      clock.every(SAY_ALIVE_MS, () => redis.tell((client) => this.#sayAlive(client))),
      clock.every(SAY_AGAIN_MS, () => redis.tell((client) => this.#sayAll(client))),
    );
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.#redis?.tell((client) => client.del(this.#alive(this.#name)));
  }

  /** Takes one more of each, or none of any. Null: taken. Else the first claim that is over its limit. */
  async claim<C extends Claim>(claims: readonly C[]): Promise<C | null> {
    const full = claims.find(({ subject, limit }) => this.#count(subject) >= limit);
    if (full || !this.#redis) {
      if (!full) this.#add(claims, 1);
      return full ?? null;
    }
    this.#add(claims, 1);
    const over = await this.#redis.ask((client) => this.#claim(client, claims));
    const refused = over === null ? undefined : claims[over - 1];
    if (refused) this.release(claims);
    return refused ?? null;
  }

  release(claims: readonly Claim[]): void {
    this.#add(claims, -1);
    const subjects = claims.map(({ subject }) => subject);
    this.#redis?.tell((client) => this.#hold(client, subjects));
  }

  #count(subject: string): number {
    return this.#held.get(subject) ?? 0;
  }

  #add(claims: readonly Claim[], change: 1 | -1): void {
    for (const { subject } of claims) {
      const count = this.#count(subject) + change;
      if (count > 0) this.#held.set(subject, count);
      else this.#held.delete(subject);
    }
  }

  async #claim(client: RedisClient, claims: readonly Claim[]): Promise<number> {
    const counts = claims.flatMap(({ subject, limit }) => [this.#count(subject), limit]);
    const keys = claims.map(({ subject }) => this.#key(subject));
    return Number(await client.eval(CLAIM, keys.length, ...keys, this.#name, this.#alive(''), ...counts));
  }

  async #hold(client: RedisClient, subjects: readonly string[]): Promise<void> {
    const keys = subjects.map((subject) => this.#key(subject));
    const counts = subjects.map((subject) => this.#count(subject));
    await client.eval(HOLD, keys.length, ...keys, this.#name, ...counts);
  }

  /** A process that was out of touch comes back under a new name: nothing counts any more of what it said under the old one. */
  async #comeBack(client: RedisClient): Promise<void> {
    const old = this.#name;
    this.#name = randomUUID();
    await client.del(this.#alive(old));
    await client.set(this.#alive(this.#name), 1, 'PX', ALIVE_MS);
    await this.#sayAll(client);
  }

  async #sayAlive(client: RedisClient): Promise<void> {
    const before = await client.set(this.#alive(this.#name), 1, 'PX', ALIVE_MS, 'GET');
    // This process stood still for too long, and others have removed what it held.
    if (before === null) await this.#sayAll(client);
  }

  async #sayAll(client: RedisClient): Promise<void> {
    const subjects = [...this.#held.keys()];
    for (let from = 0; from < subjects.length; from += BATCH)
      await this.#hold(client, subjects.slice(from, from + BATCH));
  }

  #key(subject: string): string {
    return `${this.#redis?.prefix}:held:${subject}`;
  }

  #alive(name: string): string {
    return `${this.#redis?.prefix}:alive:${name}`;
  }
}
