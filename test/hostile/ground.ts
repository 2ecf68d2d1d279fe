import type { Chance } from './chance.ts';
import type { Target } from './target.ts';
import type { Fault } from './verdict.ts';

/** Where attacks are made: the target, the dice, and the list of what went wrong. */
export interface Ground {
  readonly target: Target;
  readonly chance: Chance;
  /** Counts an input. */
  tried(count?: number): void;
  /** Notes what an input did, where that should not be. */
  judge(fault: Fault, input: string): void;
}

/** One kind of attack. Each call makes a small batch of inputs, so that kinds alternate. */
export interface Attack {
  readonly name: string;
  readonly batch: (ground: Ground) => Promise<void>;
}

/** Runs so many at once. */
export async function together<T>(all: readonly T[], lanes: number, run: (one: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let at = next++; at < all.length; at = next++) {
      const one = all[at];
      if (one !== undefined) await run(one);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
