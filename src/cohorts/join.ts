import type { Position } from '../bus/bus.ts';
import { ApiError } from '../lib/errors.ts';
import { type Owners, ownerRoute } from '../model/owner.ts';
import { newestTogether } from '../store/recent.ts';
import { decodeCursor, decodeOwnersCursor } from './cursor.ts';
import type { EventHub } from './event-hub.ts';
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
  const { after, last } = request;
  if (after !== null) return { from: await resumeAt(hub, decodeCursor(hub.topic.name, after)), backlog: [] };
  if (last !== null) return newest(hub, request, last);
  return { from: hub.head, backlog: [] };
}

/** Where a subscription of owners' streams begins in each. */
export interface OwnersStart<V> {
  /** In the order of the hubs. */
  readonly starts: readonly Start<V>[];
  /** Of what the backlogs hold, in the order in which it is written: which hub's is next, by its place. */
  readonly turns: readonly number[];
}

/**
 * The same for streams of owners.
 * @param hubs of the owners that are asked for.
 * @throws ApiError `FORBIDDEN` as well, for a cursor with a position in the stream of anybody else.
 */
export async function ownersStartOf<V>(
  hubs: readonly EventHub<V>[],
  owners: Owners,
  request: EventRequest<V>,
): Promise<OwnersStart<V>> {
  const { topic, after, last } = request;
  if (after !== null) {
    const positions = decodeOwnersCursor(topic.name, after, owners.covered);
    const starts = hubs.map(async (hub) => {
      const position = positions.get(ownerRoute(hub.owner ?? ''));
      // Not yet the caller's when the cursor was made: of what it never had it gets all that is kept.
      const from = position ? await resumeAt(hub, position) : await hub.beginning();
      return { from, backlog: [] };
    });
    return { starts: await Promise.all(starts), turns: [] };
  }
  if (last === null) return { starts: hubs.map(({ head }) => ({ from: head, backlog: [] })), turns: [] };
  const found = await Promise.all(hubs.map((hub) => newest(hub, request, last)));
  const chosen = newestTogether(
    found.map(({ backlog }) => backlog),
    last,
    timeOf,
  );
  const starts = found.map(({ from }, at) => ({
    from,
    backlog: chosen.flatMap(({ list, item }) => (list === at ? [item] : [])),
  }));
  return { starts, turns: chosen.map(({ list }) => list) };
}

async function resumeAt<V>(hub: EventHub<V>, from: Position): Promise<Position> {
  const { epoch, sequence } = hub.head;
  // A cursor of the same life may come from a process that is a moment ahead of this one.
  if (from.epoch === epoch && (from.sequence <= sequence || (await hub.reach(from.sequence)))) return from;
  if (from.epoch !== epoch && hub.isDurable && (await hub.readAfter(from, 1))) return from;
  throw new ApiError('CURSOR_EXPIRED', 'The stream that this cursor belongs to is gone. Start anew without it.');
}

/** The newest `count` events that match, up to the head. */
async function newest<V>(hub: EventHub<V>, { predicate }: EventRequest<V>, count: number): Promise<Start<V>> {
  const from = hub.head;
  const found = await hub.newest(predicate, count, from.sequence + 1);
  // What was found in a new epoch, begun meanwhile, comes after the head.
  return { from, backlog: found.filter(({ epoch }) => epoch === from.epoch || (hub.isDurable && epoch < from.epoch)) };
}

/** When an event was true at its source, milliseconds. */
function timeOf({ value }: Update<unknown>): number {
  const timestamp = value !== null && typeof value === 'object' && 'timestamp' in value ? value.timestamp : 0;
  return typeof timestamp === 'number' ? timestamp : 0;
}
