/**
 * Every code with which this server closes a WebSocket, provoked, and what the official client makes of it: what a new
 * connection mends is closed with a code after which that client makes one; a code that it holds for fatal is only ever
 * the answer to what that client does not do.
 */
import { createClient } from 'graphql-ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { FakeClock } from '../support/fake-clock.ts';
import { eventually, type TestServer, testServer } from '../support/server.ts';

type Options = NonNullable<Parameters<typeof testServer>[0]>;

interface Row {
  readonly code: number;
  readonly why: string;
  /** Whether a new connection may fare better: then the client must come back. */
  readonly mends: boolean;
  readonly options?: Options;
  /** What the client says in `connection_init`. */
  readonly connectionParams?: Record<string, unknown>;
  /** Offers no subprotocol. */
  readonly speechless?: boolean;
  /** Stands between the client and its first socket: what is sent in the place of each of its messages. */
  readonly sent?: (text: string) => readonly string[];
  /** Once it is acknowledged. */
  readonly provoke?: (socket: WebSocket, server: TestServer) => unknown;
}

const SUBSCRIBE = JSON.stringify({ type: 'subscribe', id: 'x', payload: { query: 'subscription { trades { id } }' } });

/** Writes past ws, which would send nothing that is broken. */
const raw = (socket: WebSocket, ...bytes: readonly number[]) =>
  (socket as unknown as { readonly _socket: { write(bytes: Buffer): void } })._socket.write(Buffer.from(bytes));

const ROWS: readonly Row[] = [
  {
    code: 1000,
    why: 'it has had no subscription for long',
    mends: true,
    options: { heartbeatIntervalMs: 50, heartbeatTimeoutMs: 10_000, idleTimeoutMs: 100 },
  },
  {
    code: 1006,
    why: 'it answers nothing any more: its socket is cut',
    mends: true,
    options: { heartbeatIntervalMs: 100, heartbeatTimeoutMs: 50 },
    provoke: async (socket, server) => {
      socket.pause();
      await eventually('it is cut', async () => (await server.status())['connections'] === 0);
      socket.resume();
    },
  },
  { code: 1012, why: 'the server restarts', mends: true, provoke: (_socket, server) => server.stop() },
  {
    code: 1013,
    why: 'it sends far too much',
    mends: true,
    options: { clock: new FakeClock(), messagesPerSecond: 1, messageBurst: 5 },
    provoke: (socket) => {
      for (let i = 0; i < 100; i++) socket.send('{"type":"ping"}');
    },
  },
  { code: 4403, why: 'it has no identity where one is required', mends: true, options: { requireIdentity: true } },
  {
    code: 4403,
    why: 'its credential is not good',
    mends: true,
    connectionParams: { token: 'eyJhbGciOiJub25lIn0.e30.' },
  },
  {
    code: 4408,
    why: 'connection_init does not arrive in time',
    mends: true,
    options: { handshakeTimeoutMs: 50 },
    sent: () => [],
  },
  { code: 1002, why: 'a frame is not masked', mends: false, provoke: (socket) => raw(socket, 0x81, 0x01, 0x61) },
  {
    code: 1002,
    why: 'a frame has reserved bits',
    mends: false,
    provoke: (socket) => raw(socket, 0xf1, 0x80, 0, 0, 0, 0),
  },
  {
    code: 1007,
    why: 'a text is not UTF-8',
    mends: false,
    provoke: (socket) => socket.send(Buffer.from([0xc3, 0x28]), { binary: false }),
  },
  {
    code: 1008,
    why: 'a message comes in far too many pieces',
    mends: false,
    provoke: (socket) => {
      for (let i = 0; i < 300; i++) socket.send(' ', { fin: false });
    },
  },
  { code: 1009, why: 'a message is too long', mends: false, provoke: (socket) => socket.send('x'.repeat(70_000)) },
  { code: 4400, why: 'a message is none of the protocol', mends: false, provoke: (socket) => socket.send('{}') },
  {
    code: 4400,
    why: 'an id is too long',
    mends: false,
    provoke: (socket) => socket.send(SUBSCRIBE.replace('"x"', `"${'x'.repeat(200)}"`)),
  },
  { code: 4401, why: 'it subscribes before it is acknowledged', mends: false, sent: (text) => [SUBSCRIBE, text] },
  { code: 4406, why: 'it speaks another subprotocol', mends: false, speechless: true },
  {
    code: 4409,
    why: 'an id is in use',
    mends: false,
    provoke: (socket) => {
      socket.send(SUBSCRIBE);
      socket.send(SUBSCRIBE);
    },
  },
  {
    code: 4429,
    why: 'connection_init comes twice',
    mends: false,
    provoke: (socket) => socket.send('{"type":"connection_init"}'),
  },
];

/** The official client as it is, on a socket that can be made to misbehave. */
async function closedFor(row: Row): Promise<{ readonly code: number; readonly comesBack: boolean }> {
  const server = await testServer({ ...row.options });
  class Socket extends WebSocket {
    constructor(address: string, protocols: string | string[], options: ClientOptions) {
      super(address, row.speechless ? [] : protocols, options);
    }

    override send(data: unknown, ...rest: unknown[]): void {
      const instead = row.sent && typeof data === 'string' ? row.sent(data) : [data];
      for (const one of instead) super.send(one as string, ...(rest as []));
    }
  }
  return new Promise((resolve, reject) => {
    const codes: number[] = [];
    const tell = (comesBack: boolean) => resolve({ code: codes[0] ?? 0, comesBack });
    const client = createClient({
      url: `${server.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: Socket,
      ...(row.connectionParams && { connectionParams: row.connectionParams }),
      // Connected all the time, with or without a subscription; and one that tells where it gives up.
      lazy: false,
      onNonLazyError: () => tell(false),
      // What it would find then is not asked here.
      retryWait: () => new Promise(() => tell(true)),
      on: {
        connected: (socket) => {
          // After 1000 it connects again without a wait.
          if (codes.length > 0) return tell(true);
          const provoked = row.provoke?.(socket as WebSocket, server);
          if (provoked instanceof Promise) provoked.catch(reject);
        },
        closed: (event) => codes.push((event as { readonly code: number }).code),
      },
    });
    onTestFinished(() => void client.dispose());
  });
}

describe('the official client', () => {
  test.each(ROWS.filter(({ mends }) => mends).map((row) => [row.code, row.why, row] as const))(
    'comes back after %i: %s',
    async (code, _why, row) => {
      expect(await closedFor(row)).toEqual({ code, comesBack: true });
    },
  );

  test.each(ROWS.filter(({ mends }) => !mends).map((row) => [row.code, row.why, row] as const))(
    'gives up after %i, since it would do the same again: %s',
    async (code, _why, row) => {
      expect(await closedFor(row)).toEqual({ code, comesBack: false });
    },
  );
});
