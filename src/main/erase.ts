import { getAddress, isAddress } from 'viem/utils';
import type { SharedBus } from '../bus/bus.ts';
import { systemClock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import { createLog } from '../lib/log.ts';
import { eraseOwner } from '../store/erasure.ts';
import { ConfigError, readConfig } from './config.ts';
import { sharedBus } from './shared-bus.ts';
import { openStorage } from './storage.ts';

/** `npm run erase`: deletes all that is kept of an owner, for good. */

const USAGE = `npm run erase -- <address>

Deletes everything that is kept of this address, for good. With REDIS_URL no worker may run meanwhile (apis may); without it nothing may.`;

class UsageError extends Error {}

/** Longest wait for Redis, milliseconds. */
const CONNECT_MS = 5_000;

async function main([given]: readonly string[]): Promise<void> {
  if (!given || !isAddress(given, { strict: false })) throw new UsageError(USAGE);
  const owner = getAddress(given);
  const parts = { config: readConfig(process.env), log: createLog('warn'), clock: systemClock };
  const bus = sharedBus(parts);
  try {
    if ('leases' in bus) await mustBeIdle(bus);
    const storage = await openStorage(parts);
    try {
      if ('leases' in bus) await bus.eraseOwner(owner);
      for (const [table, count] of Object.entries(await eraseOwner(storage.database, owner)))
        if (count > 0) console.log(`${table}: ${count}`);
      console.log(`Nothing is kept of ${owner} any more.`);
    } finally {
      await storage.close();
    }
  } finally {
    await bus.close();
  }
}

/** @throws UsageError while a worker is there: it would write again what it holds. */
async function mustBeIdle(bus: SharedBus): Promise<void> {
  const ready = Promise.withResolvers<void>();
  const stop = bus.onStateChange((state) => state === 'ready' && ready.resolve());
  if (bus.state() === 'ready') ready.resolve();
  const late = setTimeout(() => ready.reject(new UsageError('REDIS_URL: Redis does not answer.')), CONNECT_MS);
  await ready.promise.finally(() => {
    clearTimeout(late);
    stop();
  });
  const { members } = await bus.leases.exchange({ member: 'erase', wants: [], keep: [], take: [], give: [] });
  if (members.size > 0)
    throw new UsageError(`${members.size} workers run: end them first, or what they hold is written again.`);
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof UsageError) && !(error instanceof ConfigError)) throw error;
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
