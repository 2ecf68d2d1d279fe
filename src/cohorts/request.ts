import type { EventTopic, StateTopic } from '../bus/topics.ts';
import { type Owners, ownerRoute } from '../model/owner.ts';
import { Mailbox } from './mailbox.ts';
import { EVERYTHING, type Predicate } from './predicate.ts';
import type { EventFrame, StateFrame } from './update.ts';

/** What a subscription of a state topic asks for beyond its question. */
export interface StateRequest<V, C> {
  readonly kind: 'state';
  readonly topic: StateTopic<V, C>;
  readonly predicate: Predicate<V>;
  /** Shortest time between two frames of one key, milliseconds; 0 for every update. */
  readonly minIntervalMs: number;
  /** Changes after the first whole value. */
  readonly delta: boolean;
}

/** What a subscription of an event topic asks for beyond its question. */
export interface EventRequest<V> {
  readonly kind: 'event';
  readonly topic: EventTopic<V>;
  readonly predicate: Predicate<V>;
  /** Whose streams, of a topic that is one stream an owner; else null. */
  readonly owners: Owners | null;
  /** Everything after this cursor; null for from now on. */
  readonly after: string | null;
  /** The newest so many that match, before what comes from now on; null for none. */
  readonly last: number | null;
}

export type SubscriptionRequest = StateRequest<unknown, unknown> | EventRequest<unknown>;

type Options<R> = Partial<Omit<R, 'kind' | 'topic' | 'owners'>> & {
  /** Whose, of a topic with {@link EventTopic.ownerOf}: there it must be said, and may be said nowhere else. */
  readonly owners?: Owners;
};

/** The `subscribe` of a field over a state topic. */
export function subscribeState<V, C>(
  topic: StateTopic<V, C>,
  options: Options<StateRequest<V, C>> = {},
): Mailbox<StateRequest<V, C>, StateFrame<V, C>> {
  const { owners, ...rest } = options;
  const request = { kind: 'state', topic, predicate: EVERYTHING, minIntervalMs: 0, delta: false, ...rest } as const;
  return new Mailbox({ ...request, predicate: ofOwners(topic, request.predicate, ownersIn(topic, owners)) });
}

/** The `subscribe` of a field over an event topic. */
export function subscribeEvents<V>(
  topic: EventTopic<V>,
  options: Options<EventRequest<V>> = {},
): Mailbox<EventRequest<V>, EventFrame<V>> {
  const { owners, ...rest } = options;
  const request = { kind: 'event', topic, predicate: EVERYTHING, after: null, last: null, ...rest } as const;
  return new Mailbox({ ...request, owners: ownersIn(topic, owners) });
}

/** Fails where a field forgot to say whose data it wants, instead of giving everybody's. */
function ownersIn<V>(topic: Pick<EventTopic<V>, 'name' | 'ownerOf'>, owners: Owners | undefined): Owners | null {
  if ((topic.ownerOf === undefined) !== (owners === undefined))
    throw new Error(`topic ${topic.name}: owners are ${owners ? 'named of what has none' : 'not named'}`);
  return owners ?? null;
}

/** Narrowed to values of these owners: by their keys, and each value by what it says itself. */
function ofOwners<V>(
  { name, ownerOf }: Pick<StateTopic<V>, 'name' | 'ownerOf'>,
  predicate: Predicate<V>,
  owners: Owners | null,
): Predicate<V> {
  if (!ownerOf || !owners) return predicate;
  if (predicate.routes) throw new Error(`topic ${name}: its keys lead to owners, and are chosen by them`);
  const routes = owners.asked.map(ownerRoute);
  const asked = new Set(routes);
  const { test } = predicate;
  return {
    ...predicate,
    id: `${routes.join()} ${predicate.id}`,
    routes,
    test: (value) => asked.has(ownerRoute(ownerOf(value))) && (test === null || test(value)),
  };
}
