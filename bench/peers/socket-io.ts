import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { runSubject } from '../servers/subject.ts';
import { TOPIC } from './schema.ts';

/** socket.io with its Redis adapter, WebSocket transport alone. No GraphQL. */
await runSubject(async ({ redisUrl }) => {
  if (!redisUrl) throw new Error('a Redis is needed');
  const server = createServer();
  const io = new Server(server, {
    transports: ['websocket'],
    adapter: createAdapter(new Redis(redisUrl), new Redis(redisUrl)),
  });
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    publish: (trade) => io.emit(TOPIC, { data: { trades: trade } }),
  };
});
