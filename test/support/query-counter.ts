import pg from 'pg';
import { onTestFinished, vi } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';

/** What an operation asked of the stores. */
export interface Asked {
  /** Statements that PostgreSQL was sent. */
  readonly statements: number;
  /** Readings of the bus: each is one way to Redis and back. */
  readonly readings: number;
}

const READINGS = new Set<PropertyKey>(['latest', 'readAfter', 'readBefore', 'positions']);

/** Counts what goes to the stores, where it goes: at the client of PostgreSQL, and at the bus. */
export class QueryCounter {
  readonly bus: Bus;
  #statements = 0;
  #readings = 0;

  constructor(bus: Bus) {
    const query = pg.Client.prototype.query;
    const counting = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
      this: pg.Client,
      ...args: unknown[]
    ) {
      counted();
      return Reflect.apply(query, this, args) as never;
    } as never);
    const counted = () => {
      this.#statements++;
    };
    onTestFinished(() => counting.mockRestore());
    this.bus = new Proxy(bus, {
      get: (target, name) => {
        const found = Reflect.get(target, name) as unknown;
        if (typeof found !== 'function') return found;
        return (...args: unknown[]) => {
          if (READINGS.has(name)) this.#readings++;
          return Reflect.apply(found, target, args) as unknown;
        };
      },
    });
  }

  /** What this work asks, and what came of it. */
  async during<T>(work: () => Promise<T>): Promise<Asked & { readonly result: T }> {
    const [statements, readings] = [this.#statements, this.#readings];
    const result = await work();
    return { result, statements: this.#statements - statements, readings: this.#readings - readings };
  }
}
