import type { EventTopic } from '../bus/topics.ts';
import type { Predicate } from '../cohorts/predicate.ts';
import type { EventFrame } from '../cohorts/update.ts';
import type { Owners } from '../model/owner.ts';
import type { HistoryPlace } from '../store/archive/history.ts';
import {
  type HistoryOrderName,
  type Page,
  type PageArguments,
  type PageRequest,
  pageOf,
  pageRequest,
} from './connections.ts';
import type { Context } from './context.ts';
import { liveCursorOf, recalled } from './facts.ts';

/** The field of every connection of events by which its reader goes on live. */
export const LIVE_CURSOR = {
  type: 'Cursor',
  description:
    'Where the topic stood before this page was read: subscribe `after` it and nothing is missed. What the page shows may come once more.',
} as const;

/** What is said of the cost of a connection. */
export const PAGE_COST =
  'Costs 1, and what is selected once for each of `first` or `last` (50 where neither is said, 500 at most).';

interface HistoryArguments extends PageArguments {
  readonly orderBy?: HistoryOrderName | null | undefined;
}

/** A page of events with where the stream stood before it was read. */
export interface EventPage<V> extends Page<EventFrame<V>> {
  readonly liveCursor: string;
}

/**
 * A page of a durable topic's past, by the same filter as its subscription. The live cursor is read before the page: whoever
 * subscribes after it misses nothing.
 */
export async function eventPage<V>(
  topic: EventTopic<V>,
  owners: Owners | null,
  { routes, test }: Predicate<V>,
  args: HistoryArguments,
  context: Context,
): Promise<EventPage<V>> {
  const request = pageRequest<HistoryPlace>(topic.name, args);
  const liveCursor = await liveCursorOf(topic, owners, context);
  const oldestFirst = args.orderBy === 'OLDEST_FIRST';
  const { events, more, end } = await context.history.page({
    topic,
    owners: owners?.asked ?? null,
    choice: { routes, test },
    from: request.from,
    direction: oldestFirst === request.backwards ? 'older' : 'newer',
    limit: request.limit,
  });
  const items = events.map((event) => ({ node: recalled(topic.name, event, event.owner), place: event.place }));
  return { ...pageOf(topic.name, request, items, { more, end }), liveCursor };
}

interface Placed<N, P> {
  readonly node: N;
  readonly place: P;
}

/**
 * A page of things as they stand. Read before the page, the live cursor is one of the topic that tells their changes: whoever
 * subscribes after it misses nothing.
 * @param connection its name, with its order where that is more than a direction: cursors of another are refused.
 * @param read what the page holds, and one more where there is one.
 */
export async function standingPage<V, N, P>(
  connection: string,
  topic: EventTopic<V>,
  owners: Owners | null,
  args: PageArguments,
  context: Context,
  read: (request: PageRequest<P>) => Promise<readonly Placed<N, P>[]>,
): Promise<Page<N> & { readonly liveCursor: string }> {
  const request = pageRequest<P>(connection, args);
  const liveCursor = await liveCursorOf(topic, owners, context);
  const found = await read({ ...request, limit: request.limit + 1 });
  const page = pageOf(connection, request, found.slice(0, request.limit), {
    more: found.length > request.limit,
    end: null,
  });
  return { ...page, liveCursor };
}
