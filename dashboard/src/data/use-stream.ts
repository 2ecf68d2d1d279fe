import { createContext, useContext, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { LinkState } from './connection.ts';
import type { Question } from './follow.ts';
import type { Latest, StateValue } from './latest.ts';
import type { EventValue, Recent } from './recent.ts';
import type { SharedStreams } from './shared.ts';
import type { Collection, StreamStatus } from './stream.ts';

export const Streams = createContext<SharedStreams | null>(null);

export function useStreams(): SharedStreams {
  const streams = useContext(Streams);
  if (!streams) throw new Error('no connection is provided here');
  return streams;
}

/** How the one WebSocket of this page is. */
export function useLink(): LinkState {
  const { link } = useStreams().connection;
  return useSyncExternalStore(link.changes.subscribe, link.current);
}

/** The collection of a subscription, which lasts as long as the component that asks. It renders nothing by itself. */
export function useStream<Data, Variables extends object, Value extends object, Kind extends Collection<Value>>(
  question: Question<Data, Variables, Value>,
  make: () => Kind,
): Kind {
  const streams = useStreams();
  const asked = JSON.stringify(question.variables);
  // The same words are the same question, whatever object they stand in.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the variables are compared as text
  const followed = useMemo(() => streams.of(question, make), [streams, question.document, asked]);
  useEffect(() => followed.hold(), [followed]);
  return followed.collection;
}

export function useStatus(collection: Collection<never>): StreamStatus {
  return useSyncExternalStore(collection.changes.subscribe, collection.currentStatus);
}

/** Whether there is anything to show. */
export function useIsEmpty(collection: Collection<never>): boolean {
  return useSyncExternalStore(collection.changes.subscribe, () => collection.isEmpty);
}

/** The ids in their order: changes when one comes or goes, not when a value does. */
export function useIds<Value extends StateValue>(latest: Latest<Value>): readonly string[] {
  return useSyncExternalStore(latest.changes.subscribe, latest.ids);
}

/** One value, by its own signal. */
export function useValue<Value extends StateValue>(latest: Latest<Value>, id: string): Value | undefined {
  return useSyncExternalStore(latest.signalOf(id).subscribe, () => latest.get(id));
}

/** The value of a subscription that has one alone, or undefined before it came. */
export function useOnly<Value extends StateValue>(latest: Latest<Value>): Value | undefined {
  const [id = ''] = useIds(latest);
  return useValue(latest, id);
}

export function useEvents<Value extends EventValue>(recent: Recent<Value>): readonly Value[] {
  return useSyncExternalStore(recent.changes.subscribe, recent.events);
}
