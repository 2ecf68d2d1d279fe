/** Milliseconds of a day of 24 hours: Unix time knows no other. */
export const DAY_MS = 86_400_000;

/** Cancels what it was returned for; calling it again does nothing. */
export type Cancel = () => void;

/**
 * The only source of time. Everything that waits or stamps takes one, so that a test can move time by hand and a
 * replay gives the same outputs twice.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Runs once, `ms` milliseconds from now. */
  after(ms: number, run: () => void): Cancel;
  /** Runs every `ms` milliseconds until cancelled. */
  every(ms: number, run: () => void): Cancel;
}

/** Wall time. Its timers do not keep a process alive: only sockets and servers do. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
  every: (ms, run) => {
    const timer = setInterval(run, ms).unref();
    return () => clearInterval(timer);
  },
};

/** Resolves after `ms`, or at once when `signal` aborts: it never rejects, so a caller looks at the signal. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}
