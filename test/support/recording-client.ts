import type { WebSocket } from 'ws';
import { bareStream, isDepth, pairOf, type RecordedFrame, type Recording } from './recording.ts';

/** A client of a recorded venue, and what it has asked for. */
export interface RecordingClient {
  readonly socket: WebSocket;
  /** Stream names without the speed of depth: a client asks for one speed, the recording may have another. */
  readonly streams: Set<string>;
  /** `/ws` sends the payload bare. */
  readonly combined: boolean;
  /** Where the futures are split: `/market` serves tickers, and nothing else does. */
  readonly route: 'public' | 'market' | 'all';
  /** Messages that the client sent. */
  readonly messages: string[];
  /** Pairs whose order book it has not asked for since it connected. */
  readonly withoutBook: Set<string>;
}

/** The client of a connection to this URL, answering its SUBSCRIBE messages; null for a path that the venue does not have. */
export function clientOf(socket: WebSocket, url: string, market: Recording['market']): RecordingClient | null {
  const { pathname, searchParams } = new URL(url, 'ws://venue');
  const path = /^(?:\/(public|market))?\/(stream|ws)(?:\/(.*))?$/.exec(pathname);
  if (!path) return null;
  const named = path[2] === 'stream' ? searchParams.get('streams') : path[3];
  const client: RecordingClient = {
    socket,
    streams: new Set(),
    combined: path[2] === 'stream',
    route: market === 'spot' ? 'all' : path[1] === 'market' ? 'market' : 'public',
    messages: [],
    withoutBook: new Set(),
  };
  subscribe(client, (named ?? '').split('/').filter(Boolean));
  socket.on('error', () => undefined);
  socket.on('message', (data) => answer(client, (data as Buffer).toString()));
  return client;
}

/** Whether a frame is sent to a client. */
export function wants({ streams, route }: RecordingClient, { stream }: RecordedFrame): boolean {
  return streams.has(bareStream(stream)) && (route === 'all' || stream.endsWith('@ticker') === (route === 'market'));
}

/** A frame as a client gets it. */
export function textFor({ combined }: RecordingClient, { text }: RecordedFrame): string {
  return combined ? text : JSON.stringify((JSON.parse(text) as { readonly data: unknown }).data);
}

function subscribe(client: RecordingClient, streams: readonly string[]): void {
  for (const stream of streams) {
    client.streams.add(bareStream(stream));
    if (isDepth({ stream })) client.withoutBook.add(pairOf({ stream }));
  }
}

function answer(client: RecordingClient, text: string): void {
  client.messages.push(text);
  const { method, params, id } = JSON.parse(text) as { method: string; params?: readonly string[]; id: number };
  if (method === 'SUBSCRIBE') subscribe(client, params ?? []);
  else if (method === 'UNSUBSCRIBE') for (const stream of params ?? []) client.streams.delete(bareStream(stream));
  else return client.socket.send(JSON.stringify({ error: { code: 2, msg: 'unknown method' }, id }));
  client.socket.send(JSON.stringify({ result: null, id }));
}
