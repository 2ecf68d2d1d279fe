import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { jwtVerify } from 'jose';
import { WebSocketServer } from 'ws';
import { answer } from '../answering.ts';
import { mark } from '../servers/subject.ts';

/** graphql-ws with jose, as the documentation of both has it: nothing is counted, limited, or ended when a token does. */
const { secret } = JSON.parse(process.argv[2] ?? '{}') as { readonly secret: string };
const key = Buffer.from(secret, 'hex');

const server = createServer();
const wsServer = new WebSocketServer({ server, path: '/graphql' });
useServer<{ readonly token?: string }>(
  {
    schema: buildSchema('type Query { a: Int }'),
    onConnect: async ({ connectionParams }) => {
      const token = connectionParams?.token;
      if (token !== undefined) await jwtVerify(token, key, { algorithms: ['HS256'] });
      return true;
    },
  },
  wsServer,
);
await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, resolve));

answer({
  port: () => (server.address() as AddressInfo).port,
  mark: ({ collect }: { readonly collect: boolean }) => mark(collect),
});
