import { BareSocket, frame, INIT } from './bare-socket.ts';
import type { Ground } from './ground.ts';

/** How often a slow socket sends its next byte, milliseconds: often enough that no pause gives it away. */
const DRIP_MS = 100;

/** By when a socket that never comes to the point must be cut, milliseconds: the longest of the limits set, several times, and below the half minute that `ws` would wait. */
const CUT_WITHIN_MS = 25_000;

const UPGRADE = ['GET /graphql HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket', ''].join('\r\n');

const JSON_HEAD = 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

const SUBSCRIBE = frame('{"type":"subscribe","id":"a","payload":{"query":"subscription { trades { id } }"}}');

/** What each kind has sent before it begins to drip, and what drips. */
const KINDS: readonly {
  readonly name: string;
  readonly upgraded: boolean;
  readonly first: Buffer | string;
  readonly drop: string;
}[] = [
  { name: 'is silent', upgraded: false, first: '', drop: '' },
  { name: 'drips a request line', upgraded: false, first: 'GET /', drop: 'a' },
  { name: 'drips headers', upgraded: false, first: 'GET /graphql HTTP/1.1\r\nX: ', drop: 'a' },
  { name: 'drips a body', upgraded: false, first: `${JSON_HEAD}Content-Length: 60000\r\n\r\n{`, drop: ' ' },
  {
    name: 'drips a body of a stream',
    upgraded: false,
    first: `${JSON_HEAD}Accept: text/event-stream\r\nContent-Length: 60000\r\n\r\n{`,
    drop: ' ',
  },
  {
    name: 'drips chunks',
    upgraded: false,
    first: `${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`,
    drop: '1\r\n \r\n',
  },
  { name: 'drips an upgrade', upgraded: false, first: `${UPGRADE}X: `, drop: 'a' },
  { name: 'says nothing after the upgrade', upgraded: true, first: '', drop: '' },
  { name: 'drips connection_init', upgraded: true, first: INIT.subarray(0, 7), drop: ' ' },
  {
    name: 'drips pings instead of connection_init',
    upgraded: true,
    first: '',
    drop: frame('{"type":"ping"}').toString('latin1'),
  },
  {
    name: 'drips a frame once subscribed',
    upgraded: true,
    first: Buffer.concat([INIT, SUBSCRIBE, frame('', { declared: 60_000 })]),
    drop: ' ',
  },
  {
    name: 'drips fragments once subscribed',
    upgraded: true,
    first: Buffer.concat([INIT, SUBSCRIBE, frame('{', { fin: false })]),
    drop: frame(' ', { opcode: 0, fin: false }).toString('latin1'),
  },
];

/** Sockets that never come to the point. */
export class SlowAttack {
  readonly #sockets: {
    readonly name: string;
    readonly socket: BareSocket;
    readonly drop: string;
    readonly since: number;
  }[] = [];
  readonly #ground: Ground;
  readonly #timer: NodeJS.Timeout;

  private constructor(ground: Ground) {
    this.#ground = ground;
    this.#timer = setInterval(() => {
      for (const { socket, drop } of this.#sockets)
        if (drop !== '' && !socket.closed) socket.write(Buffer.from(drop, 'latin1'));
    }, DRIP_MS);
  }

  static async begin(ground: Ground, each: number): Promise<SlowAttack> {
    const attack = new SlowAttack(ground);
    for (const { name, upgraded, first, drop } of KINDS)
      for (let i = 0; i < each; i++) {
        ground.tried();
        const { port } = ground.target;
        const socket = upgraded ? await BareSocket.upgraded(port) : new BareSocket(port);
        socket.write(first);
        attack.#sockets.push({ name, socket, drop, since: performance.now() });
      }
    return attack;
  }

  /** Waits until all are cut; says which are not. */
  async end(): Promise<void> {
    for (const { name, socket, since } of this.#sockets) {
      await socket.until(() => performance.now() - since > CUT_WITHIN_MS);
      if (!socket.closed) this.#ground.judge('is not cut', `a socket that ${name}`);
      socket.destroy();
    }
    clearInterval(this.#timer);
  }
}
