import { createRequest, type TypedDocumentNode } from '@urql/core';
import type { Connection } from './connection.ts';
import type { Sink, StreamState } from './stream.ts';

/** One subscription, and where in its data the value stands. */
export interface Question<Data, Variables extends object, Value> {
  readonly document: TypedDocumentNode<Data, Variables>;
  readonly variables: Variables;
  readonly value: (data: Data) => Value;
}

/** Errors after which the same question, asked again, may well be answered. */
const PASSING = new Set(['SLOW_CONSUMER', 'UNAVAILABLE', 'INTERNAL_SERVER_ERROR', 'RATE_LIMITED']);

/** Before asking again after such an error: long enough for a server to come back, short for somebody who watches. */
const PAUSE_MS = 2_000;

/**
 * Follows a subscription over reconnects until the returned function is called. What has a cursor goes on after the
 * newest one; where that is too old, the sink starts anew.
 */
export function follow<Data, Variables extends object, Value extends object>(
  connection: Connection,
  { document, variables, value }: Question<Data, Variables, Value>,
  sink: Sink<Value>,
): () => void {
  const { client, link } = connection;
  let isLive = false;
  let leave: () => void = () => undefined;
  let later: ReturnType<typeof setTimeout> | undefined;
  // One object for the whole life: the transport writes it anew at each reconnect, with the newest cursor in it.
  let asked: Record<string, unknown> = Object.fromEntries(Object.entries(variables));

  const say = (state: StreamState) => sink.status({ state, error: null, retry: null });
  const live = () => {
    if (isLive) return;
    isLive = true;
    say('live');
  };
  const again = () => {
    leave();
    begin();
  };
  const retry = () => {
    say('connecting');
    again();
  };
  const anew = () => {
    asked = Object.fromEntries(Object.entries(variables));
    sink.restart();
    again();
  };

  function begin(): void {
    const request = createRequest(document, asked as Variables);
    const unheard = connection.onLive(request.key, live);
    const { unsubscribe } = client.executeSubscription(request).subscribe(({ data, error }) => {
      const [told] = error?.graphQLErrors ?? [];
      const code = String(told?.extensions['code']);
      if (code === 'CURSOR_EXPIRED') anew();
      else if (PASSING.has(code)) {
        isLive = false;
        say('resuming');
        later = setTimeout(again, PAUSE_MS);
      } else if (error) {
        isLive = false;
        sink.status({ state: 'failed', error: told?.message ?? error.message, retry });
      }
      if (data) take(value(data));
    });
    leave = () => {
      unheard();
      unsubscribe();
    };
  }

  function take(next: Value): void {
    if ('cursor' in next) {
      asked['after'] = next.cursor;
      delete asked['last'];
    }
    sink.next(next);
    live();
  }

  const unheard = link.changes.subscribe(() => {
    if (link.current() === 'lost' && isLive) {
      isLive = false;
      say('resuming');
    }
  });
  begin();
  return () => {
    clearTimeout(later);
    unheard();
    leave();
  };
}
