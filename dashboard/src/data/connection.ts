import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createTidewire, type Status } from 'tidewire-client';
import { forwardSubscription } from 'tidewire-client/urql';
import { Signal } from './frames.ts';

/** How the one WebSocket is. */
export type LinkState = 'connecting' | 'connected' | 'lost';

export interface Connection {
  readonly client: Client;
  readonly link: { readonly changes: Signal; current(): LinkState };
  close(): void;
}

/** One WebSocket to the server that served this page, and what urql needs to speak over it. */
export function connect(token: string | null): Connection {
  const path = new URL('/graphql', location.href);
  const socketUrl = new URL(path);
  socketUrl.protocol = path.protocol === 'https:' ? 'wss:' : 'ws:';
  const tidewire = createTidewire({ url: socketUrl.href, clientId: 'dashboard', token: () => token });

  const changes = new Signal();
  let state: LinkState = 'connecting';
  tidewire.status.subscribe((status) => {
    state = linkOf(status, state);
    changes.mark();
  });

  const client = new Client({
    url: path.href,
    preferGetMethod: false,
    fetchOptions: () => (token === null ? {} : { headers: { authorization: `Bearer ${token}` } }),
    exchanges: [subscriptionExchange({ forwardSubscription: forwardSubscription(tidewire) }), fetchExchange],
  });
  return { client, link: { changes, current: () => state }, close: () => void tidewire.close() };
}

/** A subscription that is new is no connection that was lost. */
function linkOf(status: Status, before: LinkState): LinkState {
  if (status === 'stale') return 'lost';
  if (status === 'live') return 'connected';
  return before === 'lost' && status === 'resuming' ? 'connected' : before;
}
