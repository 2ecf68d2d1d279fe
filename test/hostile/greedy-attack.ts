import { BareSocket, frame, INIT } from './bare-socket.ts';
import type { Attack } from './ground.ts';

const BODY = '{"query":"{ __schema { types { name description } } }"}';
const REQUEST = `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;

/** Of each kind, and what each sends. */
const SOCKETS = 2;
const REQUESTS = 60;
const OPERATIONS = 40;
const PINGS = 500;

/** Asks for much and reads nothing of it: what waits for such readers must stay bounded. */
export const greedyAttack: Attack = {
  name: 'readers that do not read',
  batch: async ({ chance, target, tried }) => {
    const sockets: BareSocket[] = [];
    for (let i = 0; i < SOCKETS; i++) {
      const http = new BareSocket(target.port);
      http.socket.pause();
      http.write(REQUEST.repeat(REQUESTS));
      const socket = await BareSocket.upgraded(target.port, INIT);
      socket.socket.pause();
      for (let id = 0; id < OPERATIONS; id++) {
        const query = chance.of([
          'subscription { orderbook(symbol: "BTCUSDT", depth: 500) { bids { price size } asks { price size } } }',
          'subscription { trades(last: 500) { id symbol price } }',
          '{ __schema { types { name description fields { name description } } } }',
        ]);
        socket.write(frame(JSON.stringify({ type: 'subscribe', id: String(id), payload: { query } })));
      }
      for (let ping = 0; ping < PINGS; ping++)
        socket.write(frame(`{"type":"ping","payload":{"a":"${'x'.repeat(500)}"}}`));
      sockets.push(http, socket);
    }
    tried(SOCKETS * (REQUESTS + OPERATIONS + PINGS));
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const socket of sockets) {
      if (chance.sometimes(0.5)) socket.socket.resetAndDestroy();
      else socket.destroy();
    }
  },
};
