import type { Log } from './log.ts';

/**
 * Hands a promise that nobody awaits to a named task: if it fails, the name and the error are logged instead of ending
 * the process as an unhandled rejection.
 */
export function background(name: string, promise: Promise<unknown>, log: Log): void {
  promise.catch((error: unknown) => log.error({ err: error, task: name }, 'background task failed'));
}
