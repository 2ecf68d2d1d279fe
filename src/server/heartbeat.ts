import type { Cancel, Clock } from '../lib/clock.ts';

/** A connection that is looked at once in each heartbeat interval. */
export interface Beating {
  beat(now: number): void;
}

/** Steps of the wheel: connections are spread over as many, so that 10,000 of them are not pinged in one turn. */
const SLOTS = 64;

/** One timer for all connections, instead of two a socket. */
export class HeartbeatWheel {
  readonly #clock: Clock;
  readonly #slots: Set<Beating>[] = Array.from({ length: SLOTS }, () => new Set());
  readonly #cancel: Cancel;
  #turn = 0;
  #added = 0;

  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.#cancel = clock.every(Math.max(1, intervalMs / SLOTS), () => this.#step());
  }

  /** @returns takes it off the wheel. */
  add(connection: Beating): () => void {
    // In turn, wherever the hand stands: a thousand that come at once are still spread over the interval.
    const slot = this.#slots[this.#added++ % SLOTS];
    slot?.add(connection);
    return () => slot?.delete(connection);
  }

  stop(): void {
    this.#cancel();
  }

  #step(): void {
    const now = this.#clock.now();
    for (const connection of this.#slots[this.#turn] ?? []) connection.beat(now);
    this.#turn = (this.#turn + 1) % SLOTS;
  }
}
