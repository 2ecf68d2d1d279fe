import { randomUUID } from 'node:crypto';
import type { Bus } from '../bus/bus.ts';
import { topics } from '../bus/topics.ts';
import { background } from '../lib/background.ts';
import type { Log } from '../lib/log.ts';
import type { Address } from '../model/identity.ts';
import type { Nudge } from '../model/nudge.ts';
import type { SignalCommand } from '../model/signal.ts';
import type { Commands } from '../schema/context.ts';
import type { Commands as StoredCommands } from '../store/commands.ts';

/** Stores what callers want, and nudges the worker whose work it is; one that does not hear it sweeps every second. */
export function createCommands(stored: StoredCommands, bus: Bus, log: Log): Commands {
  /** @returns the command that counts: what the same key asked for before was written by this very code. */
  const put = async <C>(about: Nudge['about'], owner: Address, command: C, idempotencyKey: string | null) => {
    const counts = await stored.put({ about, owner, idempotencyKey, body: command });
    const nudged = bus.publishEvent(topics.nudges, { id: randomUUID(), about, owner });
    background('nudge a worker', nudged, log);
    return counts as C;
  };
  return {
    risk: (owner, command, idempotencyKey) => put('risk', owner, command, idempotencyKey),
    bot: (owner, command, idempotencyKey) => put('bots', owner, command, idempotencyKey),
    signal: async (owner, signal, idempotencyKey) => {
      const command: SignalCommand = { type: 'publish', signal };
      return (await put('signals', owner, command, idempotencyKey)).signal;
    },
  };
}
