import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Addresses } from './addresses.ts';
import { LimitReached, type Refusals } from './refusals.ts';
import type { LimitSettings } from './settings.ts';

/** Sockets of an address beside its connections and streams: a browser's requests, and what is just closing. */
const SPARE_PER_ADDRESS = 100;

/** The same for the whole process. What comes beyond is not accepted, so that file descriptors remain for the rest. */
const SPARE = 1_000;

/**
 * Bounds the sockets that somebody holds without having asked for anything yet: they cost little each, but a process has
 * only so many. A trusted proxy holds those of everybody, so it is not bounded.
 */
export function boundSockets(
  server: Server,
  settings: Pick<LimitSettings, 'maxConnections' | 'maxStreams' | 'maxConnectionsPerIp' | 'maxStreamsPerClient'>,
  addresses: Addresses,
  refusals: Refusals,
): void {
  const { maxConnections, maxStreams, maxConnectionsPerIp, maxStreamsPerClient } = settings;
  const limit = maxConnectionsPerIp + maxStreamsPerClient + SPARE_PER_ADDRESS;
  const counts = new Map<string, number>();
  server.maxConnections = maxConnections + maxStreams + SPARE;
  server.on('drop', () => refusals.count(new LimitReached('sockets', server.maxConnections)));
  server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket;
    if (addresses.isProxy(remoteAddress)) return;
    const address = addresses.ofPeer(remoteAddress);
    const count = (counts.get(address) ?? 0) + 1;
    counts.set(address, count);
    socket.once('close', () => {
      const left = (counts.get(address) ?? 0) - 1;
      if (left > 0) counts.set(address, left);
      else counts.delete(address);
    });
    if (count > limit) refuse(socket, refusals.count(new LimitReached('sockets', limit)));
  });
}

/** Answers before anything is asked, in the one protocol that is spoken here. */
function refuse(socket: Socket, { message, status, headers }: LimitReached): void {
  const lines = [`HTTP/1.1 ${status} Too Many Requests`, `Retry-After: ${headers['retry-after']}`, 'Connection: close'];
  socket.end(`${lines.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`);
  socket.destroySoon();
}
