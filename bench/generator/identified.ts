import { setTimeout as pause } from 'node:timers/promises';
import { SignJWT } from 'jose';
import { answer } from '../answering.ts';
import type { Stream } from '../servers/identified.ts';
import type { Operation } from '../workload.ts';
import { PROTOCOLS, type Protocol } from './protocol.ts';
import { LoadSocket, type Sink } from './socket.ts';

/** The process that knocks and listens: what it costs is not counted. */
const { secret } = JSON.parse(process.argv[2] ?? '{}') as { readonly secret: string };
const key = Buffer.from(secret, 'hex');

/** Handshakes under way at once. */
const CONNECTING = 50;

/** Wait for events that do not come, milliseconds. */
const QUIET_MS = 5_000;

let subscribed = 0;
let events = 0;
let failure: string | null = null;

/** Tokens of so many users, made before anything is measured. */
let tokens: readonly string[] = [];

const sink: Sink = {
  event: () => {
    events++;
  },
  subscribed: () => {
    subscribed++;
  },
  lost: ({ index }, why) => {
    failure ??= `connection ${index} was lost: ${why}`;
  },
};

function spoken(token: string | null): Protocol {
  const payload = token === null ? {} : { payload: { token } };
  return { ...PROTOCOLS['graphql-ws'], hello: JSON.stringify({ type: 'connection_init', ...payload }) };
}

/** Acknowledged, it has done what it came for. */
function knocking(token: string | null): Protocol {
  return { ...spoken(token), reply: (message) => ({ send: null, subscribed: message.includes('connection_ack') }) };
}

async function signed({ count }: { readonly count: number }): Promise<void> {
  tokens = await Promise.all(
    Array.from({ length: count }, (_, user) =>
      new SignJWT({ addresses: [`0x${user.toString(16).padStart(40, '0')}`], scope: 'read write' })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setSubject(`user ${user}`)
        .setJti(`token ${user}`)
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(key),
    ),
  );
}

/** One connection after the other, some at once; each is let go as soon as it is acknowledged. */
async function knock({
  port,
  count,
  identified,
}: {
  readonly port: number;
  readonly count: number;
  readonly identified: boolean;
}) {
  subscribed = 0;
  failure = null;
  const began = performance.now();
  let begun = 0;
  const leaving: Sink = {
    ...sink,
    subscribed: (socket) => {
      subscribed++;
      socket.cut();
    },
  };
  while (subscribed < count) {
    if (failure !== null) throw new Error(failure);
    for (; begun < Math.min(count, subscribed + CONNECTING); begun++) {
      const protocol = knocking(identified ? (tokens[begun % tokens.length] ?? null) : null);
      new LoadSocket({ port, index: begun, protocol, operation: () => ({ query: '', variables: {} }), sink: leaving });
    }
    await pause(1);
  }
  return { wallMs: performance.now() - began };
}

/** Connections that stay, each with one subscription, spread over the audiences of a stream. */
async function connect({
  port,
  stream,
  sockets,
}: {
  readonly port: number;
  readonly stream: Stream;
  readonly sockets: number;
}) {
  const target = subscribed + sockets;
  let begun = 0;
  while (subscribed < target) {
    if (failure !== null) throw new Error(failure);
    for (; begun < Math.min(sockets, subscribed - target + sockets + CONNECTING); begun++) {
      const audience = begun % stream.audiences;
      const token = stream.kind === 'owner' ? (tokens[audience] ?? null) : null;
      const operation = () => operationOf(stream, audience);
      new LoadSocket({ port, index: begun, protocol: spoken(token), operation, sink });
    }
    await pause(1);
  }
}

function operationOf({ kind }: Stream, audience: number): Operation {
  return kind === 'owner'
    ? { query: 'subscription { alerts { title message } }', variables: {} }
    : {
        query: 'subscription ($s: [String!]) { trades(filter: {symbols: $s}) { tradeId source } }',
        variables: { s: [`S${audience}`] },
      };
}

/** Waits until so many events have come since it was last asked. */
async function drain({ expected }: { readonly expected: number }): Promise<number> {
  let [seen, seenAt] = [events, performance.now()];
  while (events < expected && performance.now() - seenAt < QUIET_MS) {
    await pause(2);
    if (events === seen) continue;
    [seen, seenAt] = [events, performance.now()];
  }
  if (failure !== null) throw new Error(failure);
  const heard = events;
  events = 0;
  return heard;
}

answer({ signed, knock, connect, drain });
