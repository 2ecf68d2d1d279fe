import { flushCompileCache } from 'node:module';
import { systemClock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import { createLog } from '../lib/log.ts';
import { siblingNumber } from './api-processes.ts';
import { ConfigError, readConfig } from './config.ts';
import type { Parts } from './parts.ts';
import { startTraces } from './traces.ts';

/** Longest time an orderly end may take, milliseconds: a supervisor that waits ten seconds must not have to kill. */
const STOP_MS = 9_000;

/** One after the other, the next also where one has failed. */
async function inOrder([first, ...rest]: readonly (() => Promise<void>)[]): Promise<void> {
  try {
    await first?.();
  } finally {
    if (rest.length > 0) await inOrder(rest);
  }
}

/**
 * Runs one role as a process: reads the environment, starts, and ends in order on SIGTERM or SIGINT. A wrong environment
 * ends it with one line and exit code 1.
 * @param start starts the role and returns what stops it.
 */
export async function runProcess(start: (parts: Parts) => Promise<() => Promise<void>>): Promise<void> {
  try {
    const config = readConfig(process.env);
    const all = createLog(config.LOG_LEVEL);
    const log = siblingNumber === null ? all : all.child({ process: siblingNumber });
    const stopTraces = await startTraces(process.env, log);
    const stop = await start({ clock: systemClock, log, config });
    // By itself it is written at an orderly end: whoever is killed would compile everything again at each start.
    flushCompileCache();
    // A worker of timers alone would end at once: timers do not keep a process.
    const keepAlive = setInterval(() => undefined, 2 ** 30);
    let ending = false;
    const end = (signal: NodeJS.Signals) => {
      // Ctrl-C reaches all processes of a terminal, and one that looks after others tells them as well.
      if (ending) return;
      ending = true;
      log.info({ signal }, 'stopping');
      setTimeout(() => process.exit(1), STOP_MS).unref();
      clearInterval(keepAlive);
      inOrder([stop, stopTraces]).then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'could not stop in order');
          process.exit(1);
        },
      );
    };
    process.once('SIGTERM', end);
    process.once('SIGINT', end);
  } catch (error) {
    const expected =
      error instanceof ConfigError || (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE');
    if (!expected) throw error;
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  }
}
