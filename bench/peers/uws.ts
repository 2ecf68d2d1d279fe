import { App, us_socket_local_port } from 'uws-pack';
import { runSubject } from '../servers/subject.ts';
import { readyMessage } from '../workload.ts';
import { TOPIC } from './schema.ts';

/** uWebSockets.js: frames made and sent by C++. No GraphQL. */
await runSubject(
  () =>
    new Promise((resolve, reject) => {
      const app = App();
      app.ws('/*', {
        idleTimeout: 0,
        // Above its default of 64 KiB, past which it drops messages without saying so.
        maxBackpressure: 16 * 1_024 * 1_024,
        open: (socket) => void socket.subscribe(TOPIC),
      });
      app.listen('127.0.0.1', 0, (listening) => {
        if (!listening) return reject(new Error('uWebSockets.js does not listen'));
        resolve({
          port: us_socket_local_port(listening),
          publish: (trade) => app.publish(TOPIC, readyMessage(trade)),
        });
      });
    }),
);
