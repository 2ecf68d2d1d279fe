import type { EventTopic, StateTopic } from '../bus/topics.ts';
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
  /** Everything after this cursor; null for from now on. */
  readonly after: string | null;
  /** The newest so many that match, before what comes from now on; null for none. */
  readonly last: number | null;
}

export type SubscriptionRequest = StateRequest<unknown, unknown> | EventRequest<unknown>;

type Options<R> = Partial<Omit<R, 'kind' | 'topic'>>;

/** The `subscribe` of a field over a state topic. */
export function subscribeState<V, C>(
  topic: StateTopic<V, C>,
  options: Options<StateRequest<V, C>> = {},
): Mailbox<StateRequest<V, C>, StateFrame<V, C>> {
  return new Mailbox({ kind: 'state', topic, predicate: EVERYTHING, minIntervalMs: 0, delta: false, ...options });
}

/** The `subscribe` of a field over an event topic. */
export function subscribeEvents<V>(
  topic: EventTopic<V>,
  options: Options<EventRequest<V>> = {},
): Mailbox<EventRequest<V>, EventFrame<V>> {
  return new Mailbox({ kind: 'event', topic, predicate: EVERYTHING, after: null, last: null, ...options });
}
