import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { type RedisProcess, type RedisRuntime, runRedis } from './redis-runtime.ts';

/** How tests can run servers of their own; null where they cannot, and the tests that need one skip. */
export const redisRuntime: RedisRuntime | null = inject('redisRuntime');

/** A server of one test alone, to be killed, frozen, emptied and rewound. Call {@link stop} at the end. */
export class PrivateRedis {
  readonly #runtime: RedisRuntime;
  readonly #folder: string;
  readonly #args: readonly string[];
  #process: RedisProcess;

  private constructor(runtime: RedisRuntime, folder: string, args: readonly string[], running: RedisProcess) {
    this.#runtime = runtime;
    this.#folder = folder;
    this.#args = args;
    this.#process = running;
  }

  /** @param args more of redis-server's own options, such as `--appendonly yes`. It saves only when told to. */
  static async start(...args: readonly string[]): Promise<PrivateRedis> {
    if (!redisRuntime) throw new Error('no redis-server and no Docker here: skip where `redisRuntime` is null');
    const folder = mkdtempSync(join(tmpdir(), 'tidewire-private-redis-'));
    const all = ['--save', '', ...args];
    return new PrivateRedis(redisRuntime, folder, all, await runRedis(redisRuntime, folder, all));
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#process.port}`;
  }

  /** Ends it as a power cut would: what was not saved is gone. */
  async kill(): Promise<void> {
    this.#process.signal('SIGKILL');
    await this.#process.ended;
  }

  /** Starts it again at the same address, from what was last saved. Call {@link kill} first. */
  async revive(): Promise<void> {
    this.#process = await runRedis(this.#runtime, this.#folder, this.#args, this.#process.port);
  }

  /** Connections stay open, and nothing is answered until {@link thaw}. */
  freeze(): void {
    this.#process.signal('SIGSTOP');
  }

  thaw(): void {
    this.#process.signal('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
