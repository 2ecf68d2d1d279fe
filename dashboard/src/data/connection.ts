import {
  Client,
  type ExecutionResult,
  fetchExchange,
  type SubscriptionOperation,
  subscriptionExchange,
} from '@urql/core';
import { createClient, type FormattedExecutionResult, type SubscribePayload } from 'graphql-ws';
import { Signal } from './frames.ts';

/** How the one WebSocket is. */
export type LinkState = 'connecting' | 'connected' | 'lost';

export interface Connection {
  readonly client: Client;
  readonly link: { readonly changes: Signal; readonly current: () => LinkState };
  /** Calls back whenever the server says that this operation has been given everything that was there. */
  onLive(key: number, then: () => void): () => void;
  close(): void;
}

/** Between two attempts to connect again: each longer than the last, none long enough to be taken for a dead page. */
const LONGEST_PAUSE_MS = 10_000;

/** One WebSocket to the server that served this page, and what urql needs to speak over it. */
export function connect(token: string | null): Connection {
  const path = new URL('/graphql', location.href);
  const socketUrl = new URL(path);
  socketUrl.protocol = path.protocol === 'https:' ? 'wss:' : 'ws:';

  const changes = new Signal();
  let state: LinkState = 'connecting';
  const becomes = (next: LinkState) => {
    state = next;
    changes.mark();
  };

  const keyOf = new WeakMap<SubscribePayload, number>();
  const idOf = new Map<number, string>();
  const listening = new Map<number, () => void>();
  let count = 0;

  const socket = createClient({
    url: socketUrl.href,
    connectionParams: { clientId: 'dashboard', ...(token !== null && { token }) },
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (retries) =>
      new Promise((resolve) => setTimeout(resolve, Math.min(LONGEST_PAUSE_MS, 250 * 2 ** retries) * Math.random())),
    generateID: (payload) => {
      count += 1;
      const key = keyOf.get(payload);
      if (key !== undefined) idOf.set(key, `${count}`);
      return `${count}`;
    },
    on: {
      connected: () => becomes('connected'),
      closed: () => becomes('lost'),
      ping: (_received, payload) => {
        const live = new Set((payload?.['live'] as readonly string[] | undefined) ?? []);
        for (const [key, then] of listening) if (live.has(idOf.get(key) ?? '')) then();
      },
    },
  });

  const client = new Client({
    url: path.href,
    preferGetMethod: false,
    fetchOptions: () => (token === null ? {} : { headers: { authorization: `Bearer ${token}` } }),
    exchanges: [
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }: SubscriptionOperation, { key }) => ({
          subscribe: (sink) => {
            const payload: SubscribePayload = { query, variables: variables ?? {} };
            keyOf.set(payload, key);
            const next = (result: FormattedExecutionResult<Record<string, unknown>, unknown>) =>
              sink.next(result as ExecutionResult);
            const unsubscribe = socket.subscribe(payload, { next, error: sink.error, complete: sink.complete });
            return { unsubscribe };
          },
        }),
      }),
      fetchExchange,
    ],
  });

  return {
    client,
    link: { changes, current: () => state },
    onLive: (key, then) => {
      listening.set(key, then);
      return () => void listening.delete(key);
    },
    close: () => void socket.dispose(),
  };
}
