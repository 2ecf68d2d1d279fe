import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createTidewire } from 'tidewire-client';
import { forwardSubscription } from 'tidewire-client/urql';
import { Signal } from './frames.ts';

/** How the one WebSocket is. */
export type LinkState = 'connecting' | 'connected' | 'lost';

export interface Connection {
  readonly client: Client;
  readonly link: {
    readonly changes: Signal;
    current(): LinkState;
    /** A subscription was answered over it. */
    answered(): void;
  };
  close(): void;
}

/** One WebSocket to the server that served this page, and what urql needs to speak over it. */
export function connect(token: string | null): Connection {
  const path = new URL('/graphql', location.href);
  const socketUrl = new URL(path);
  socketUrl.protocol = path.protocol === 'https:' ? 'wss:' : 'ws:';
  const changes = new Signal();
  let state: LinkState = 'connecting';
  const become = (next: LinkState) => {
    state = next;
    changes.mark();
  };
  const tidewire = createTidewire({
    url: socketUrl.href,
    clientId: 'dashboard',
    token: () => token,
    // Also of a connection that never came about.
    onConnectionLost: () => become('lost'),
  });

  const client = new Client({
    url: path.href,
    preferGetMethod: false,
    fetchOptions: () => (token === null ? {} : { headers: { authorization: `Bearer ${token}` } }),
    exchanges: [subscriptionExchange({ forwardSubscription: forwardSubscription(tidewire) }), fetchExchange],
  });
  return {
    client,
    link: { changes, current: () => state, answered: () => become('connected') },
    close: () => void tidewire.close(),
  };
}
