import type { Operation } from '../workload.ts';

/** How a client of one kind of server gets its events over a WebSocket. */
export interface Protocol {
  readonly path: string;
  /** Header of the upgrade; null for none. */
  readonly subprotocol: string | null;
  /** First message after the upgrade; null where the upgrade itself subscribes. */
  readonly hello: string | null;
  /** Where a text message shows that it is an event: at this byte of it stands this character. */
  readonly eventAt: number;
  readonly eventByte: number;
  /** What is sent back for a message that is no event. `subscribed` when the subscription has been asked for. */
  readonly reply: (message: string, id: string, operation: () => Operation) => Reply;
}

export interface Reply {
  readonly send: string | null;
  readonly subscribed?: boolean;
  /** The server gives up: the run is not worth anything. */
  readonly refused?: boolean;
}

export type ProtocolName = 'graphql-ws' | 'mercurius' | 'socket.io' | 'raw';

const NOTHING: Reply = { send: null };

function graphql(eventAt: number): Protocol {
  return {
    path: '/graphql',
    subprotocol: 'graphql-transport-ws',
    hello: '{"type":"connection_init"}',
    eventAt,
    eventByte: 'n'.charCodeAt(0),
    reply: (message, id, operation) => {
      const { type } = JSON.parse(message) as { readonly type: string };
      if (type === 'connection_ack')
        return { send: JSON.stringify({ id, type: 'subscribe', payload: operation() }), subscribed: true };
      if (type === 'ping') return { send: '{"type":"pong"}' };
      return type === 'error' || type === 'complete' ? { send: null, refused: true } : NOTHING;
    },
  };
}

/** The n of `next`, behind an id of 36 characters or before it. */
const TYPE_AFTER_ID = '{"id":"00000000-0000-4000-8000-000000000000","type":"'.length;
const TYPE_FIRST = '{"type":"'.length;

export const PROTOCOLS: Readonly<Record<ProtocolName, Protocol>> = {
  'graphql-ws': graphql(TYPE_AFTER_ID),
  mercurius: graphql(TYPE_FIRST),
  'socket.io': {
    path: '/socket.io/?EIO=4&transport=websocket',
    subprotocol: null,
    hello: '40',
    // `42[...]` is an event; one digit alone, or another second one, is the protocol's own.
    eventAt: 1,
    eventByte: '2'.charCodeAt(0),
    reply: (message) => {
      if (message.startsWith('40')) return { send: null, subscribed: true };
      return message === '2' ? { send: '3' } : NOTHING;
    },
  },
  raw: {
    path: '/',
    subprotocol: null,
    hello: null,
    eventAt: 0,
    eventByte: '{'.charCodeAt(0),
    reply: () => NOTHING,
  },
};
