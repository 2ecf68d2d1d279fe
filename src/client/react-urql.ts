import type { DocumentNode } from 'graphql';
import { type AnyVariables, type TypedDocumentNode, useSubscription } from 'urql';
import { useObservable } from './react.ts';
import { KEPT_EVENTS, type LiveEvents, type LiveValues, type RootOf, rootOf, useStanding } from './react-values.ts';

/** What a state field holds, by id: what leaves its filter goes, over reconnects too. */
export function useLiveValues<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables> | DocumentNode,
  variables: Variables,
): LiveValues<RootOf<Data>> {
  const { latest, context, status } = useStanding<RootOf<Data> & { readonly id: string }>(variables);
  const [{ error }] = useSubscription<Data, Data, Variables>(
    { query: query as TypedDocumentNode<Data, Variables>, variables, context },
    (_before, data) => {
      // React may call it twice: a value that replaces itself changes nothing.
      latest.next(rootOf(data) as RootOf<Data> & { readonly id: string });
      return data;
    },
  );
  return { values: useObservable(latest.values), status, error };
}

/** The newest events of an event field, each of them once, over reconnects too. */
export function useLiveEvents<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables> | DocumentNode,
  variables: Variables,
  keep = KEPT_EVENTS,
): LiveEvents<RootOf<Data>> {
  const { context, status, restart } = useStanding(variables);
  const [{ data: events = [], error }] = useSubscription<Data, readonly RootOf<Data>[], Variables>(
    { query: query as TypedDocumentNode<Data, Variables>, variables, context },
    (before = [], data) => [rootOf(data), ...before].slice(0, keep),
  );
  return { events, status, restart, error };
}
