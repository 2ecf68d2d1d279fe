import { BareSocket, END_OF_HEAD, frame, INIT } from './bare-socket.ts';
import { type Attack, type Ground, together } from './ground.ts';
import { PROTOTYPE_NAMES } from './values.ts';
import { faultOfClose, faultOfStatus } from './verdict.ts';

const BATCH = 40;
const LANES = 10;

const GOOD_BODY = '{"query":"{ serverTime }"}';

const post = (headers: string, body: string) => `POST /graphql HTTP/1.1\r\nHost: x\r\n${headers}${END_OF_HEAD}${body}`;

/** Requests that are none, or that two readers might read differently. */
const HEADS: readonly string[] = [
  ...[
    '\r\n\r\n\r\n',
    'GET',
    'GET /graphql',
    'GET /graphql HTTP/9.9\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    '\u0000\u0000\u0000\u0000',
  ],
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
  ...[
    '//',
    '/\\',
    '//[',
    '///graphql',
    '*',
    'http://[',
    'http://evil.example/graphql',
    '/graphql?query=%',
    '/%',
    '/graphql#x',
    '/\u00ff',
  ].map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
  ...['/graphql?query=%E0%A4%A', '/graphql?%', '/graphql?variables=%ff', '//graphql?query={serverTime}'].flatMap(
    (path) =>
      ['text/event-stream', 'text/html', 'application/json'].map(
        (accept) => `GET ${path} HTTP/1.1\r\nHost: x\r\nAccept: ${accept}\r\nConnection: close\r\n\r\n`,
      ),
  ),
  ...['', '[', 'a b', 'x:99999', '\u00e9', '%00', 'x'.repeat(300)].map(
    (host) => `GET /graphql?query={serverTime} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
  ),
  `GET /graphql HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n`,
  `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  `GET /graphql HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
  `GET /graphql HTTP/1.1\r\nHost: x\r\n${'a: b\r\n'.repeat(3_000)}\r\n`,
  post('Content-Type: application/json\r\nContent-Length: -1', GOOD_BODY),
  post('Content-Type: application/json\r\nContent-Length: 1e3', GOOD_BODY),
  post('Content-Type: application/json\r\nContent-Length: 5\r\nContent-Length: 26', GOOD_BODY),
  post('Content-Type: application/json\r\nContent-Length: 26\r\nTransfer-Encoding: chunked', `0\r\n\r\n${GOOD_BODY}`),
  post('Content-Type: application/json\r\nTransfer-Encoding: chunked', 'zz\r\n{}\r\n0\r\n\r\n'),
  post('Content-Type: application/json\r\nTransfer-Encoding: chunked', 'ffffffffffffffff\r\n{}'),
  post('Content-Type: application/json\r\nTransfer-Encoding: gzip, chunked', '0\r\n\r\n'),
  post('Content-Type: application/json\r\nTransfer-Encoding: chunked', `1;${'x'.repeat(20_000)}\r\n{\r\n`),
  post('Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 26', GOOD_BODY),
  post('Content-Type: application/json\r\nExpect: magic\r\nContent-Length: 26', GOOD_BODY),
  post('Content-Type: application/json\r\nContent-Length: 26\r\nConnection: Upgrade\r\nUpgrade: h2c', GOOD_BODY),
  post(' Content-Type : application/json\r\nContent-Length: 26', GOOD_BODY),
  post('Content-Type: application/json\nContent-Length: 26', GOOD_BODY),
  post('Accept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: 26', GOOD_BODY).repeat(50),
  post('Content-Type: application/json\r\nContent-Length: 26', GOOD_BODY).repeat(500),
  ...[
    'Sec-WebSocket-Key: x',
    'Sec-WebSocket-Version: 12',
    'Sec-WebSocket-Protocol: ,,,',
    'Sec-WebSocket-Protocol: \u00e9',
    'A: b',
  ]
    .concat([
      `Sec-WebSocket-Protocol: ${'a,'.repeat(4_000)}b`,
      'Sec-WebSocket-Extensions: permessage-deflate; x=',
      'Origin: ://',
    ])
    .map(
      (header) => `GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${header}\r\n\r\n`,
    ),
  ...['//', '/graphql?%', '/\\', 'http://[', '*'].map(
    (path) =>
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  ),
];

/** What no HTTP client would send. A server may answer or hang up; it may not take it for its own fault. */
export const headAttack: Attack = {
  name: 'bare HTTP',
  batch: async (ground) => {
    const { chance, target } = ground;
    const inputs = Array.from({ length: BATCH }, () => {
      const head = chance.sometimes(0.3)
        ? chance.bytes(1 + chance.below(500))
        : Buffer.from(chance.of(HEADS), 'latin1');
      if (chance.sometimes(0.3)) for (let i = 0; i < 5; i++) head[chance.below(head.length)] = chance.below(256);
      return head;
    });
    await together(inputs, LANES, async (input) => {
      ground.tried();
      const socket = new BareSocket(target.port);
      const cut = chance.below(input.length);
      socket.write(input.subarray(0, cut));
      if (chance.sometimes(0.5)) await new Promise((resolve) => setTimeout(resolve, 1));
      socket.write(input.subarray(cut));
      if (chance.sometimes(0.5)) socket.socket.end();
      // What waits for more is let wait for a moment only: those that never finish are tried elsewhere.
      const patience = performance.now() + 100;
      await socket.until(() => socket.status !== null || performance.now() > patience);
      ground.judge(faultOfStatus(socket.status ?? 200), `bare: ${input.toString('latin1').slice(0, 300)}`);
      socket.destroy();
    });
  },
};

const MESSAGES: readonly string[] = [
  '{"type":"connection_init"}',
  '{"type":"ping"}',
  '{"type":"pong"}',
  '{"type":"connection_ack"}',
  '{"type":"complete","id":"a"}',
  '{"type":"next","id":"a","payload":{}}',
  '{"type":"error","id":"a","payload":[]}',
  ...['a', 'b', ...PROTOTYPE_NAMES].flatMap((id) => [
    `{"type":"subscribe","id":"${id}","payload":{"query":"subscription { trades { id } }"}}`,
    `{"type":"subscribe","id":"${id}","payload":{"query":"{ serverTime }"}}`,
    `{"type":"complete","id":"${id}"}`,
  ]),
  '{"type":"subscribe","id":"a","payload":{"query":"{"}}',
  '{"type":"subscribe","id":"a","payload":{"query":"","extensions":{"persistedQuery":{}}}}',
  '{"type":"subscribe","id":{"toString":1},"payload":{"query":"{ serverTime }"}}',
  '{"type":"subscribe","id":"a","payload":{"__proto__":{"query":"{ serverTime }"}}}',
  '{"type":"subscribe","id":"a","payload":{"query":"{ serverTime }","variables":{"__proto__":{"a":1}}}}',
  `{"type":"subscribe","id":"${'ü'.repeat(60)}","payload":{"query":"subscription { trades { id } }"}}`,
  `{"type":"subscribe","id":"${'\\u0000'.repeat(20)}","payload":{"query":"subscription { trades { id } }"}}`,
  '{"type":"subscribe","id":"\\ud800","payload":{"query":"subscription { trades { id } }"}}',
  '{"type":"connection_init","payload":{"token":{"a":1},"authorization":[],"clientId":{"b":2}}}',
  '{"type":"connection_init","payload":{"token":"..","clientId":"\\u0000"}}',
  '{"type":"__proto__"}',
  '{"type":["ping"]}',
  '{"__proto__":{"type":"ping"}}',
  `{"type":"ping","payload":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`,
  `${'['.repeat(30_000)}`,
  '{}',
  'null',
  '',
  '\u0000',
];

/** Whole messages in any order. */
export const orderAttack: Attack = {
  name: 'messages in any order',
  batch: async (ground) => {
    await talk(ground, () => frame(ground.chance.of(MESSAGES)));
  },
};

/** Frames that are broken, cut, oversized, out of turn. */
export const frameAttack: Attack = {
  name: 'frames',
  batch: async (ground) => {
    await talk(ground, () => oddFrame(ground));
  },
};

async function talk(ground: Ground, next: () => Buffer): Promise<void> {
  const { chance, target } = ground;
  const talks = Array.from({ length: BATCH }, () => {
    const frames = Array.from({ length: 1 + chance.below(12) }, next);
    return [...(chance.sometimes(0.7) ? [INIT] : []), ...frames];
  });
  await together(talks, LANES, async (frames) => {
    ground.tried(frames.length);
    const together = chance.sometimes(0.5);
    const socket = await BareSocket.upgraded(target.port, together ? Buffer.concat(frames) : undefined);
    if (!together)
      for (const one of frames) {
        const cut = chance.below(one.length);
        socket.write(one.subarray(0, cut));
        if (chance.sometimes(0.3)) await new Promise((resolve) => setTimeout(resolve, 1));
        socket.write(one.subarray(cut));
      }
    const patience = performance.now() + 60;
    await socket.until(() => performance.now() > patience);
    const shown = frames.map((one) => one.toString('latin1').slice(0, 80)).join(' | ');
    if (socket.closed) ground.judge(faultOfClose(socket.closeCode), `frames: ${shown.slice(0, 600)}`);
    if (socket.heard.includes('INTERNAL_SERVER_ERROR')) ground.judge('INTERNAL_SERVER_ERROR', `frames: ${shown}`);
    ground.judge(faultOfStatus(socket.status ?? 200), 'upgrade');
    // Half of them say good-bye as TCP does, half vanish.
    if (chance.sometimes(0.5)) socket.socket.end();
    socket.destroy();
  });
}

function oddFrame({ chance }: Ground): Buffer {
  const text = chance.of(MESSAGES);
  switch (chance.below(14)) {
    case 0:
      return chance.bytes(1 + chance.below(200));
    case 1:
      return frame(chance.bytes(chance.below(200)), {
        opcode: chance.below(16),
        fin: chance.sometimes(0.5),
        rsv: chance.below(8),
      });
    case 2:
      return frame(text, { masked: false });
    case 3:
      // A message in fragments of a byte.
      return Buffer.concat(
        [...Buffer.from(text)].map((byte, at, all) =>
          frame(Buffer.from([byte]), { opcode: at === 0 ? 1 : 0, fin: at === all.length - 1 }),
        ),
      );
    case 4:
      // Fragments that never end, most of them empty.
      return Buffer.concat([
        frame('{', { fin: false }),
        ...Array.from({ length: 2_000 }, () => frame('', { opcode: 0, fin: false })),
      ]);
    case 5:
      return Buffer.concat([
        frame('{', { fin: false }),
        ...Array.from({ length: 20_000 }, () => frame(' ', { opcode: 0, fin: false })),
      ]);
    case 6:
      // Too long, in pieces that are not.
      return Buffer.concat([frame('x'.repeat(60_000), { fin: false }), frame('x'.repeat(60_000), { opcode: 0 })]);
    case 7:
      return frame('x', { declared: chance.of([70_000, 2 ** 32, 2 ** 53 - 1, 126, 65_535]) });
    case 8:
      return frame(
        Buffer.concat([Buffer.from('{"type":"ping","payload":{"a":"'), chance.bytes(20), Buffer.from('"}}')]),
      );
    case 9:
      return frame(chance.bytes(chance.of([0, 1, 2, 125])), { opcode: chance.of([8, 9, 10]) });
    case 10:
      return frame(Buffer.from([chance.below(256), chance.below(256), 0xff]), { opcode: 8 });
    case 11:
      return frame('x'.repeat(200), { opcode: chance.of([8, 9, 10]) });
    case 12:
      return frame(text, { opcode: 2 });
    default:
      return frame(text.slice(0, chance.below(text.length + 1)));
  }
}
