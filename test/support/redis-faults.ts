import { Redis } from 'ioredis';
import type { Bus } from '../../src/bus/bus.ts';
import { createRedisBus } from '../../src/bus/redis-bus.ts';
import { createLog } from '../../src/lib/log.ts';
import { LeapClock } from '../contracts/leap-clock.ts';
import { PrivateRedis } from './private-redis.ts';
import { until } from './until.ts';

/** A Redis of one test, buses on it, and an operator's connection that does the harm. Everything ends with {@link end}. */
export class FaultBench {
  readonly clock = new LeapClock();
  readonly server: PrivateRedis;
  /** What the buses logged, as objects. */
  readonly logged: { readonly msg: string; readonly connection?: string }[] = [];
  readonly #buses: Bus[] = [];
  #operator: Redis | null = null;

  private constructor(server: PrivateRedis) {
    this.server = server;
  }

  static async start(...args: readonly string[]): Promise<FaultBench> {
    return new FaultBench(await PrivateRedis.start(...args));
  }

  /** A connection of its own to the server as it runs now. */
  get operator(): Redis {
    if (!this.#operator) {
      this.#operator = new Redis(this.server.url);
      this.#operator.on('error', () => {});
    }
    return this.#operator;
  }

  open(url = this.server.url): Bus {
    const log = createLog('debug', { write: (line) => this.logged.push(JSON.parse(line)) });
    const bus = createRedisBus({ url, clock: this.clock, log });
    this.#buses.push(bus);
    return bus;
  }

  /** Cuts connections of buses of this kind: `tidewire-commands` or `tidewire-live`. Gives how many. */
  async cut(name: string): Promise<number> {
    const clients = String(await this.operator.client('LIST')).split('\n');
    const ids = clients
      .filter((line) => line.includes(`name=${name} `))
      .map((line) => /id=(\d+)/.exec(line)?.[1] ?? '');
    for (const id of ids) await this.operator.client('KILL', 'ID', id);
    return ids.length;
  }

  /**
   * As a power cut would: connections are gone, and so is what was not saved. Resolves when the buses, which must have
   * been connected, know.
   */
  async kill(): Promise<void> {
    const before = this.#lost.length;
    const connected = 2 * this.#buses.filter((bus) => bus.state() === 'ready').length;
    this.#operator?.disconnect();
    this.#operator = null;
    await this.server.kill();
    await until('the buses notice', () => this.#lost.length === before + connected);
  }

  /** Resolves when a connection of this kind has been lost since the bench was made. */
  async lost(name: string): Promise<void> {
    await until(`${name} is lost`, () => this.#lost.some(({ connection }) => connection === name));
  }

  get #lost(): readonly { readonly connection?: string }[] {
    return this.logged.filter(({ msg }) => msg === 'lost the connection to Redis');
  }

  async end(): Promise<void> {
    this.#operator?.disconnect();
    await Promise.all([...this.#buses.map((bus) => bus.close()), this.server.stop()]);
  }
}
