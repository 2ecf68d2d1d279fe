import type { Bus } from '../bus/bus.ts';
import { topics } from '../bus/topics.ts';
import type { Clock } from '../lib/clock.ts';
import { badInput } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { ChainStatus } from '../model/chain.ts';
import { Followed } from './followed.ts';

/** The chains that workers follow. */
export class Chains {
  readonly #statuses: Followed<ChainStatus>;
  readonly #settleMs: number;

  /** @param settleMs how long after the first worker has spoken others may still come, milliseconds. */
  constructor(bus: Bus, clock: Clock, log: Log, settleMs = 0) {
    this.#settleMs = settleMs;
    this.#statuses = new Followed(topics.chainStatus, bus, clock, log);
  }

  start(): void {
    this.#statuses.start();
  }

  stop(): void {
    this.#statuses.stop();
  }

  /**
   * Refuses chains that nobody follows, naming those that somebody does. Before workers have spoken every chain is accepted,
   * and waits.
   * @throws ApiError `BAD_USER_INPUT`.
   */
  check(chainIds: readonly number[], argument: string): void {
    const { values } = this.#statuses;
    const unknown = chainIds.find((chainId) => !values.has(String(chainId)));
    if (unknown === undefined || !this.#statuses.isSettled(this.#settleMs)) return;
    const known = [...values.values()].map(({ chainId }) => chainId).sort((a, b) => a - b);
    throw badInput(argument, `Chain ${unknown} is not followed here.`, known.map(String));
  }
}
