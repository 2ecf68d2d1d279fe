import { isTracing, tracedWithin } from '../lib/tracing.ts';
import type { RedisClient } from './redis-client.ts';

/** Has each command told as a part of what asked for it, without what it says: keys name owners. */
export function traceCommands(client: RedisClient): void {
  if (!isTracing()) return;
  // That of a Cluster takes the node as well.
  const send = client.sendCommand.bind(client) as (...sent: [{ readonly name: string }, ...unknown[]]) => unknown;
  client.sendCommand = (...sent: [{ readonly name: string }, ...unknown[]]) => {
    const operation = sent[0].name.toUpperCase();
    const attributes = { 'db.system.name': 'redis', 'db.operation.name': operation };
    return tracedWithin(operation, { kind: 'client', attributes }, () => send(...sent));
  };
}
