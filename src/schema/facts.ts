import { encodeCursor } from '../cohorts/cursor.ts';
import type { EventFrame, StateFrame } from '../cohorts/update.ts';
import type { Address } from '../model/identity.ts';
import type { Placed } from '../store/decode.ts';

/** A latest value as the answer to a query: the facts of delivery are constants there. */
export function queried<V, C = V>(latest: Placed<V>): StateFrame<V, C> {
  const { value, epoch, sequence } = latest;
  return { value, change: null, epoch, sequence, snapshot: true, matches: true, conflated: 0 };
}

/** A kept event as the answer to a query. @param owner whose stream it is of, where the topic is one an owner. */
export function recalled<V>(topic: string, event: Placed<V>, owner: Address | null = null): EventFrame<V> {
  const { value, epoch, sequence } = event;
  return { value, epoch, sequence, cursor: encodeCursor(topic, event, owner), matches: true, replayed: true };
}
