import type { EventTopic } from '../bus/topics.ts';
import type { EventFrame } from '../cohorts/update.ts';
import type { ArbitrageOrder, ArbitragePage, ArbitragePlace, Placed } from '../store/arbitrage/arbitrage.ts';
import type { Page, PageArguments, PageRequest } from './connections.ts';
import type { Context } from './context.ts';
import { standingPage } from './event-history.ts';
import { standing } from './facts.ts';

interface ArbitrageArguments extends PageArguments {
  readonly orderBy?: ArbitrageOrder | null | undefined;
}

/** A page of what arbitrage has brought, as it stands. Its cursors are of one order: those of another are refused. */
export function arbitragePage<V>(
  topic: EventTopic<V>,
  { orderBy, ...args }: ArbitrageArguments,
  context: Context,
  read: (page: ArbitragePage) => Promise<Placed<V>>,
): Promise<Page<EventFrame<V>> & { readonly liveCursor: string }> {
  const order = orderBy ?? 'NEWEST_FIRST';
  const found = async (request: PageRequest<ArbitragePlace>) =>
    (await read({ ...request, order })).map(({ node, place }) => ({ node: standing(topic.name, node), place }));
  return standingPage(`${topic.name} ${order}`, topic, null, args, context, found);
}
