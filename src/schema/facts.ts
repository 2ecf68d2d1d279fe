import type { EventTopic } from '../bus/topics.ts';
import { encodeCursor, joinCursors } from '../cohorts/cursor.ts';
import type { EventFrame, StateFrame } from '../cohorts/update.ts';
import type { Address } from '../model/identity.ts';
import type { Owners } from '../model/owner.ts';
import type { Placed } from '../store/decode.ts';
import type { Context } from './context.ts';

/** A latest value as the answer to a query: the facts of delivery are constants there. */
export function queried<V, C = V>(latest: Placed<V>): StateFrame<V, C> {
  const { value, epoch, sequence } = latest;
  return { value, change: null, epoch, sequence, snapshot: true, matches: true, conflated: 0 };
}

/**
 * Before every epoch: the place of what is stored and stands in no stream. Whoever resumes from it gets all that is archived.
 */
export const BEFORE_ALL = { epoch: '0', sequence: 0 } as const;

/** A kept event as the answer to a query. @param owner whose stream it is of, where the topic is one an owner. */
export function recalled<V>(topic: string, event: Placed<V>, owner: Address | null = null): EventFrame<V> {
  const { value, epoch, sequence } = event;
  return { value, epoch, sequence, cursor: encodeCursor(topic, event, owner), matches: true, replayed: true };
}

/** A thing as it is stored, as the answer to a query. It has no place in a stream: its cursor is the beginning of all that is kept. */
export function standing<V>(topic: string, value: V, owner: Address | null = null): EventFrame<V> {
  return { value, ...BEFORE_ALL, cursor: encodeCursor(topic, BEFORE_ALL, owner), matches: true, replayed: true };
}

/**
 * Where a topic stands now, for the `liveCursor` of a connection: read before its page, so that who subscribes `after` it
 * misses nothing of what comes after the page.
 * @param owners of a topic that is one stream an owner; else null.
 */
export async function liveCursorOf<V>(
  topic: EventTopic<V>,
  owners: Owners | null,
  { recent }: Context,
): Promise<string> {
  const cursorOf = async (owner: Address | null) => encodeCursor(topic.name, await recent.head(topic, owner), owner);
  return joinCursors(await Promise.all((owners?.covered ?? [null]).map(cursorOf)));
}
