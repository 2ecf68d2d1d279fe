import type { CombinedError, TypedDocumentNode } from '@urql/core';
import type { Status } from 'tidewire-client';
import type { TidewireContext } from 'tidewire-client/urql';
import type { Connection } from './connection.ts';
import type { Sink, StreamState } from './stream.ts';

/** One subscription, and where in its data the value stands. */
export interface Question<Data, Variables extends object, Value> {
  readonly document: TypedDocumentNode<Data, Variables>;
  readonly variables: Variables;
  readonly value: (data: Data) => Value;
}

const STATES: Readonly<Record<Exclude<Status, 'closed'>, StreamState>> = {
  connecting: 'connecting',
  live: 'live',
  stale: 'resuming',
  resuming: 'resuming',
};

/** Follows a subscription until the returned function is called; the client takes it up again after whatever it can mend. */
export function follow<Data, Variables extends object, Value>(
  { client, link }: Connection,
  { document, variables, value }: Question<Data, Variables, Value>,
  sink: Sink<Value>,
): () => void {
  let leave: () => void = () => undefined;

  const say = (state: StreamState, error: string | null = null) => sink.status({ state, error, retry });
  const tidewire: TidewireContext = {
    status: (status) => {
      if (status === 'live' || status === 'resuming') link.answered();
      // Why it is closed comes with its error.
      if (status !== 'closed') say(STATES[status]);
    },
    restarted: ({ lost }) => {
      if (lost) sink.restart();
    },
  };

  function begin(): void {
    const source = client.subscription(document, variables, { tidewire });
    const { unsubscribe } = source.subscribe(({ data, error }) => {
      if (error) end(error);
      else if (data) sink.next(value(data));
    });
    leave = unsubscribe;
  }

  function end({ graphQLErrors: [refusal], message }: CombinedError): void {
    if (refusal?.extensions['code'] !== 'UNAUTHENTICATED') return say('failed', refusal?.message ?? message);
    // What came while somebody was known is theirs: it does not stay on the screen.
    sink.restart();
    say('private');
  }

  function retry(): void {
    leave();
    sink.restart();
    say('connecting');
    begin();
  }

  begin();
  return () => leave();
}
