import type { OperationVariables, TypedDocumentNode } from '@apollo/client';
import { useSubscription } from '@apollo/client/react';
import { useReducer } from 'react';
import { useObservable } from './react.ts';
import { KEPT_EVENTS, type LiveEvents, type LiveValues, type RootOf, rootOf, useStanding } from './react-values.ts';

/** What a state field holds, by id: what leaves its filter goes, over reconnects too. */
export function useLiveValues<Data, Variables extends OperationVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): LiveValues<RootOf<Data>> {
  const { latest, context, status } = useStanding<RootOf<Data> & { readonly id: string }>(variables);
  const { error } = useSubscription(query, {
    variables,
    context,
    // It is held here; each frame in the normalised cache too would be work for nothing.
    fetchPolicy: 'no-cache',
    ignoreResults: true,
    onData: ({ data: { data } }) => {
      if (data) latest.next(rootOf(data) as unknown as RootOf<Data> & { readonly id: string });
    },
  } as useSubscription.Options<Data, Variables> & { variables: Variables });
  return { values: useObservable(latest.values), status, error };
}

/** The newest events of an event field, each of them once, over reconnects too. */
export function useLiveEvents<Data, Variables extends OperationVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  keep = KEPT_EVENTS,
): LiveEvents<RootOf<Data>> {
  const asked = JSON.stringify(variables);
  const { context, status, restart } = useStanding(variables);
  const [held, take] = useReducer(
    (before: { asked: string; events: readonly RootOf<Data>[] }, event: { asked: string; data: RootOf<Data> }) => ({
      asked: event.asked,
      events: [event.data, ...(before.asked === event.asked ? before.events : [])].slice(0, keep),
    }),
    { asked, events: [] },
  );
  const { error } = useSubscription(query, {
    variables,
    context,
    // Every event would become an entity that nothing ever collects.
    fetchPolicy: 'no-cache',
    ignoreResults: true,
    onData: ({ data: { data } }) => {
      if (data) take({ asked, data: rootOf(data) as unknown as RootOf<Data> });
    },
  } as useSubscription.Options<Data, Variables> & { variables: Variables });
  return { events: held.asked === asked ? held.events : [], status, restart, error };
}
