import type { Position } from '../bus/bus.ts';
import { ApiError } from '../lib/errors.ts';
import { decodeCursor } from './cursor.ts';
import type { EventHub } from './event-hub.ts';
import type { Predicate } from './predicate.ts';
import type { EventRequest } from './request.ts';
import type { Update } from './update.ts';

/** Where an event subscription begins: behind `from`, with `backlog` to write first. */
export interface Start<V> {
  readonly from: Position;
  readonly backlog: readonly Update<V>[];
}

/**
 * Finds where an event subscription begins. The hub is open: it hears everything after its head, so whatever position
 * at or before the head is answered here, nothing is lost between here and the live end.
 * @throws ApiError `CURSOR_EXPIRED` or `BAD_USER_INPUT` for a cursor that cannot be resumed.
 */
export async function startOf<V>(hub: EventHub<V>, request: EventRequest<V>): Promise<Start<V>> {
  if (request.after !== null) return { from: await resumeAt(hub, request.after), backlog: [] };
  if (request.last !== null) return newest(hub, request.predicate, request.last);
  return { from: hub.head, backlog: [] };
}

async function resumeAt<V>(hub: EventHub<V>, cursor: string): Promise<Position> {
  const from = decodeCursor(hub.topic.name, cursor);
  const { epoch, sequence } = hub.head;
  // A cursor of the same life may come from a process that is a moment ahead of this one.
  if (from.epoch === epoch && (from.sequence <= sequence || (await hub.reach(from.sequence)))) return from;
  throw new ApiError('CURSOR_EXPIRED', 'The stream that this cursor belongs to is gone. Start anew without it.');
}

/** The newest `count` events that match, up to the head. */
async function newest<V>(hub: EventHub<V>, predicate: Predicate<V>, count: number): Promise<Start<V>> {
  const from = hub.head;
  const found = await hub.newest(predicate, count, from.sequence + 1);
  return { from, backlog: found.filter(({ epoch }) => epoch === from.epoch) };
}
