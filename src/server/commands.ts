import { randomUUID } from 'node:crypto';
import type { Bus } from '../bus/bus.ts';
import { topics } from '../bus/topics.ts';
import { background } from '../lib/background.ts';
import type { Log } from '../lib/log.ts';
import type { RiskCommand } from '../model/risk-command.ts';
import type { Commands } from '../schema/context.ts';
import type { Commands as StoredCommands } from '../store/commands.ts';

/** Stores what callers want, and nudges the worker whose work it is; one that does not hear it sweeps every second. */
export function createCommands(stored: StoredCommands, bus: Bus, log: Log): Commands {
  return {
    risk: async (owner, command, idempotencyKey) => {
      const counts = await stored.put({ about: 'risk', owner, idempotencyKey, body: command });
      const nudged = bus.publishEvent(topics.nudges, { id: randomUUID(), about: 'risk' });
      background('nudge a worker', nudged, log);
      // What the same key asked for before, written by this very code.
      return counts as RiskCommand;
    },
  };
}
