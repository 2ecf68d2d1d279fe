import { createHash } from 'node:crypto';
import type { RedisClient } from './redis-client.ts';

/** A Lua script by its hash, so that its text travels once. Redis runs each as one step that nobody sees the middle of. */
export class LuaScript {
  readonly #text: string;
  readonly #hash: string;

  constructor(text: string) {
    this.#text = text;
    this.#hash = createHash('sha1').update(text).digest('hex');
  }

  async run(client: RedisClient, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await client.evalsha(this.#hash, keys.length, ...keys, ...args);
    } catch (error) {
      // A server that was restarted has forgotten its scripts.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return await client.eval(this.#text, keys.length, ...keys, ...args);
    }
  }
}
