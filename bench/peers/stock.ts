import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RedisPubSub } from 'graphql-redis-subscriptions';
import { withFilter } from 'graphql-subscriptions';
import { useServer } from 'graphql-ws/use/ws';
import { createSchema, createYoga, type YogaServerInstance } from 'graphql-yoga';
import { Redis } from 'ioredis';
import { WebSocketServer } from 'ws';
import { runSubject } from '../servers/subject.ts';
import type { BenchTrade } from '../workload.ts';
import { TOPIC, typeDefs } from './schema.ts';

interface Filtered {
  readonly filter?: { readonly minQuantity?: string } | null;
}

type Enveloped = Pick<ReturnType<YogaServerInstance<object, object>['getEnveloped']>, 'execute' | 'subscribe'>;

/** graphql-yoga, graphql-ws and graphql-redis-subscriptions put together as their own documentation does. */
await runSubject(async ({ redisUrl }) => {
  if (!redisUrl) throw new Error('a Redis is needed');
  const pubsub = new RedisPubSub({ publisher: new Redis(redisUrl), subscriber: new Redis(redisUrl) });
  const schema = createSchema({
    typeDefs,
    resolvers: {
      Subscription: {
        trades: {
          subscribe: withFilter(
            () => pubsub.asyncIterator(TOPIC),
            (payload?: { readonly trades: BenchTrade }, args?: Filtered) => {
              const minQuantity = args?.filter?.minQuantity;
              return minQuantity === undefined || Number(payload?.trades.quantity) >= Number(minQuantity);
            },
          ),
        },
      },
    },
  });
  const yoga = createYoga({ schema, logging: false });
  const server = createServer(yoga as RequestListener);
  const wsServer = new WebSocketServer({ server, path: yoga.graphqlEndpoint });
  useServer(
    {
      execute: (args) => (args.rootValue as Enveloped).execute(args),
      subscribe: (args) => (args.rootValue as Enveloped).subscribe(args),
      onSubscribe: async (ctx, _id, params) => {
        const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
          ...ctx,
          req: ctx.extra.request,
          socket: ctx.extra.socket,
          params,
        });
        const args = {
          schema,
          operationName: params.operationName,
          document: parse(params.query),
          variableValues: params.variables,
          contextValue: await contextFactory(),
          rootValue: { execute, subscribe },
        };
        const errors = validate(args.schema, args.document);
        return errors.length > 0 ? errors : args;
      },
    },
    wsServer,
  );
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    publish: (trade) => pubsub.publish(TOPIC, { trades: trade }),
  };
});
