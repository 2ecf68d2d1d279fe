import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { runSubject } from '../servers/subject.ts';
import { readyMessage } from '../workload.ts';

/** No GraphQL: one ready string, sent to each client as the documentation of `ws` broadcasts. */
await runSubject(async () => {
  const server = createServer();
  const wss = new WebSocketServer({ server });
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    publish: (trade) => {
      const message = readyMessage(trade);
      for (const client of wss.clients) if (client.readyState === client.OPEN) client.send(message);
    },
  };
});
