import type { Writable } from 'node:stream';
import type { WebSocket } from 'ws';

/**
 * Lets ws read nothing more after the first frame that it refused.
 *
 * While a message is being handled, what comes meanwhile waits in ws's receiver, and is then written to it in one go; Node's
 * Writable goes on to the next chunk also after one was refused. ws 8.23 then reads the mask of a frame that it has given up, and
 * its throw would end the process: a few bytes from anybody would do.
 */
export function readNothingAfterRefusal(ws: WebSocket): void {
  const { _receiver: receiver } = ws as unknown as { readonly _receiver?: Writable };
  if (!receiver) throw new Error('ws has no receiver any more: see what it does with frames after one that it refused');
  stopAtRefusal(receiver);
}

export function stopAtRefusal(receiver: Writable): void {
  const write = receiver._write;
  let refused = false;
  receiver._write = (chunk, encoding, done) => {
    if (refused) return done();
    write.call(receiver, chunk, encoding, (error) => {
      refused ||= error !== null && error !== undefined;
      done(error);
    });
  };
}
