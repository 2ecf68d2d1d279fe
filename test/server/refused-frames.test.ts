import type { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import * as ws from 'ws';
import { stopAtRefusal } from '../../src/server/refused-frames.ts';

/** A text frame of a client, masked with a mask that is not zero. */
function frame(payload: Buffer): Buffer {
  const mask = Buffer.from([1, 2, 3, 4]);
  const masked = Buffer.from(payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0)));
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length]), mask, masked]);
}

test('what comes after a frame that was refused is not read, whatever waits already', async () => {
  const { Receiver } = ws as unknown as { readonly Receiver: new (options: object) => Writable };
  const receiver = new Receiver({ isServer: true, allowSynchronousEvents: false });
  stopAtRefusal(receiver);
  const messages: string[] = [];
  receiver.on('message', (data: Buffer) => messages.push(data.toString()));
  const refused = new Promise<Error>((resolve) => receiver.once('error', resolve));
  // All in one turn: the later ones wait until the first has been handled.
  receiver.write(frame(Buffer.from('first')));
  receiver.write(frame(Buffer.from([0xc3, 0x28])));
  for (let n = 0; n < 5; n++) receiver.write(frame(Buffer.from('never')));
  expect((await refused).message).toMatch(/UTF-8/);
  await new Promise((resolve) => setImmediate(resolve));
  expect(messages).toEqual(['first']);
});
