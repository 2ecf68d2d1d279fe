import { pause, systemClock } from '../../src/lib/clock.ts';

/** How long between two looks, milliseconds. */
const LOOK_MS = 2;

/**
 * Resolves when looking finds nothing wrong any more. For what sockets and servers bring about in their own time: the
 * patience bounds a hang, and measures nothing.
 * @param between brings about what would come with time, where the clock is a test's own.
 * @throws what is wrong, when it stays so.
 */
export async function agreement(look: () => void, patienceMs: number, between?: () => Promise<void>): Promise<void> {
  const end = performance.now() + patienceMs;
  for (;;) {
    try {
      return look();
    } catch (error) {
      if (performance.now() > end) throw error;
      await pause(systemClock, LOOK_MS);
      await between?.();
    }
  }
}
