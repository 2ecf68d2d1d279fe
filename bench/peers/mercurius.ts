import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { mercurius } from 'mercurius';
import mqRedis from 'mqemitter-redis';
import { runSubject } from '../servers/subject.ts';
import { TOPIC, typeDefs } from './schema.ts';

/** Fastify, Mercurius and mqemitter-redis put together as their own documentation does. */
await runSubject(async ({ redisUrl }) => {
  if (!redisUrl) throw new Error('a Redis is needed');
  const { hostname, port } = new URL(redisUrl);
  const app = Fastify();
  await app.register(mercurius, {
    schema: typeDefs,
    resolvers: {
      Subscription: { trades: { subscribe: (_root, _args, { pubsub }) => pubsub.subscribe(TOPIC) } },
    },
    subscription: { emitter: mqRedis({ host: hostname, port: Number(port) }) },
  });
  await app.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 });
  return {
    port: (app.server.address() as AddressInfo).port,
    publish: (trade) => app.graphql.pubsub.publish({ topic: TOPIC, payload: { trades: trade } }),
  };
});
