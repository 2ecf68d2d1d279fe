/** First pause before another attempt, milliseconds. */
const FIRST_MS = 500;

/** Longest pause, milliseconds: what is away for minutes is asked twice a minute. */
const LONGEST_MS = 30_000;

/** How long to wait before attempt `attempt` (from 0) is made again: doubling, and half of it drawn, so that a thousand clients whose server restarted do not come back at once. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return full / 2 + (full / 2) * random();
}

interface Events {
  addEventListener?(type: string, listener: () => void): void;
  removeEventListener?(type: string, listener: () => void): void;
}

/** Resolves after `ms`, or as soon as a browser says that its network is back, or when it is aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  const browser: Events = globalThis as Events;
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      browser.removeEventListener?.('online', done);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    browser.addEventListener?.('online', done);
    signal?.addEventListener('abort', done);
    if (signal?.aborted) done();
  });
}
