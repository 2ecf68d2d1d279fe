import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Flusher } from '../../src/cohorts/flush.ts';
import { nextFrameBytes, nextPrefix, writeNextFrame } from '../../src/cohorts/frame.ts';
import { Outbox, type OutboxSocket } from '../../src/cohorts/outbox.ts';

/** Bytes of the message around the payload: `{"id":"a","type":"next","payload":` and `}`. */
const AROUND = nextPrefix('a').length + 1;

describe('a next frame', () => {
  // RFC 6455, 5.2: the length takes 7 bits up to 125, 16 bits up to 65,535, then 64.
  test.each([125, 126, 127, 65_535, 65_536, 200_000])(
    'of %i bytes is read by an independent reader as it was written',
    async (size) => {
      const payload = Buffer.from(JSON.stringify('x'.repeat(size - AROUND - 2)));
      expect(await readBack(nextPrefix('a'), payload)).toBe(`{"id":"a","type":"next","payload":${payload}}`);
    },
  );

  test('carries characters of several bytes, in the id as well', async () => {
    const payload = Buffer.from(JSON.stringify({ data: '€ 𝛑 漢 \u0000' }));
    const text = await readBack(nextPrefix('ïd"\\'), payload);
    expect(JSON.parse(text)).toEqual({ id: 'ïd"\\', type: 'next', payload: { data: '€ 𝛑 漢 \u0000' } });
  });
});

/** What `ws` reads when a server writes these bytes on an open connection. */
async function readBack(prefix: Buffer, payload: Buffer): Promise<string> {
  const bytes = Buffer.alloc(nextFrameBytes(prefix, payload));
  expect(writeNextFrame(bytes, 0, prefix, payload)).toBe(bytes.length);
  const wss = new WebSocketServer({ noServer: true });
  const http = createServer().on('upgrade', (request, socket, head) =>
    wss.handleUpgrade(request, socket, head, () => void socket.write(bytes)),
  );
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const client = new WebSocket(`ws://127.0.0.1:${(http.address() as { port: number }).port}`);
  try {
    return await new Promise((resolve, reject) =>
      client.once('message', (data) => resolve(String(data))).once('error', reject),
    );
  } finally {
    client.terminate();
    http.closeAllConnections();
    http.close();
  }
}

class FakeSocket implements OutboxSocket {
  writableLength = 0;
  takes = true;
  readonly writes: Buffer[] = [];
  #drain: () => void = () => undefined;

  write(bytes: Uint8Array): boolean {
    this.writes.push(Buffer.from(bytes));
    return this.takes;
  }

  on(_event: 'drain', listener: () => void): void {
    this.#drain = listener;
  }

  drain(): void {
    this.takes = true;
    this.#drain();
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const limits = { pingEveryBytes: 1_000, windowBytes: 4_000 };

describe('an outbox', () => {
  test('writes all that came up in one turn in one write, in order', async () => {
    const socket = new FakeSocket();
    const outbox = new Outbox(socket, new Flusher());
    outbox.next(nextPrefix('a'), Buffer.from('1'));
    outbox.text('{"type":"complete","id":"a"}');
    expect(socket.writes).toHaveLength(0);
    await turn();
    expect(socket.writes).toHaveLength(1);
    const text = String(socket.writes[0]);
    expect(text.indexOf('"payload":1}')).toBeGreaterThan(0);
    expect(text.indexOf('complete')).toBeGreaterThan(text.indexOf('"payload":1}'));
  });

  test('counts a reader that answers no ping as behind once the window is full, and calls back when it answers', async () => {
    const socket = new FakeSocket();
    const outbox = new Outbox(socket, new Flusher(), limits);
    const payload = Buffer.alloc(900, 'x');
    for (let i = 0; i < 5; i++) {
      expect(outbox.blocked).toBe(false);
      outbox.next(nextPrefix('a'), payload);
      await turn();
    }
    expect(outbox.blocked).toBe(true);
    let called = 0;
    outbox.wait({ onRoom: () => called++ });
    const pings = socket.writes.flatMap((bytes) => pingsIn(bytes));
    expect(pings.length).toBeGreaterThan(1);
    outbox.ponged(Buffer.from('999999999'));
    outbox.ponged(Buffer.from('garbage'));
    expect(called).toBe(0);
    outbox.ponged(Buffer.from(String(pings.at(-1))));
    expect(called).toBe(1);
    expect(outbox.blocked).toBe(false);
  });

  test('stops while the kernel takes no more, and goes on when it does', async () => {
    const socket = new FakeSocket();
    socket.takes = false;
    const outbox = new Outbox(socket, new Flusher());
    outbox.next(nextPrefix('a'), Buffer.from('1'));
    await turn();
    expect(outbox.blocked).toBe(true);
    socket.drain();
    expect(outbox.blocked).toBe(false);
  });

  test('never changes bytes that the kernel has not taken yet', async () => {
    const held: Uint8Array[] = [];
    const socket = new FakeSocket();
    socket.write = (bytes) => {
      held.push(bytes);
      socket.writableLength += bytes.length;
      return true;
    };
    const outbox = new Outbox(socket, new Flusher());
    outbox.next(nextPrefix('a'), Buffer.from('"first"'));
    await turn();
    outbox.next(nextPrefix('a'), Buffer.from('"second"'));
    await turn();
    expect(String(Buffer.from(held[0] as Uint8Array))).toContain('first');
  });

  test('writes what is pending when it is closed, and takes nothing after', async () => {
    const socket = new FakeSocket();
    const outbox = new Outbox(socket, new Flusher());
    outbox.text('last words');
    outbox.close();
    outbox.text('too late');
    await turn();
    expect(socket.writes.map(String).join('')).toContain('last words');
    expect(socket.writes.map(String).join('')).not.toContain('too late');
  });
});

describe('a flusher', () => {
  test('gives way to other work between slices of a long ring', async () => {
    const flusher = new Flusher();
    let flushed = 0;
    const slow = { flush: () => void (flushed++ && spin(0.5)) };
    for (let i = 0; i < 200; i++) flusher.add(slow);
    await turn();
    await turn();
    expect(flushed).toBeGreaterThan(0);
    expect(flushed).toBeLessThan(200);
    while (flushed < 200) await turn();
    expect(flushed).toBe(200);
  });
});

function spin(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Counts of the pings in the bytes of one write: a ping ends it, if there is one. */
function pingsIn(bytes: Buffer): number[] {
  for (let digits = 1; digits < 10; digits++) {
    const at = bytes.length - digits - 2;
    if (bytes[at] === 0x89 && bytes[at + 1] === digits) return [Number(bytes.subarray(at + 2).toString())];
  }
  return [];
}
