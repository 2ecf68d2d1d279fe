import { createConnection, type Socket } from 'node:net';

/** Longest wait, milliseconds: bounds a hang, measures nothing. */
const PATIENCE_MS = 60_000;

export const END_OF_HEAD = '\r\n\r\n';

/** A socket on which anything may be said, in whatever pieces. */
export class BareSocket {
  readonly socket: Socket;
  #heard = Buffer.alloc(0);
  #closed = false;

  constructor(port: number) {
    this.socket = createConnection(port, '127.0.0.1');
    this.socket.setNoDelay(true);
    this.socket.on('data', (data) => {
      if (this.#heard.length < 1_000_000) this.#heard = Buffer.concat([this.#heard, data]);
    });
    this.socket.on('error', () => undefined);
    this.socket.once('close', () => {
      this.#closed = true;
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  get heard(): Buffer {
    return this.#heard;
  }

  /** Status of the first answer; null when there is none. */
  get status(): number | null {
    const found = /^HTTP\/1\.[01] (\d{3})/.exec(this.#heard.toString('latin1', 0, 12))?.[1];
    return found === undefined ? null : Number(found);
  }

  write(data: string | Buffer): void {
    if (!this.socket.destroyed) this.socket.write(data);
  }

  /** Waits until it holds, or the other side hangs up. */
  async until(holds: () => boolean): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    while (!holds() && !this.#closed && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** Becomes a WebSocket. @param hello what is sent with the upgrade, in the same packet. */
  static async upgraded(port: number, hello: Buffer = Buffer.alloc(0), path = '/graphql'): Promise<BareSocket> {
    const bare = new BareSocket(port);
    const head = [
      `GET ${path} HTTP/1.1`,
      'Host: localhost',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      'Sec-WebSocket-Protocol: graphql-transport-ws',
    ].join('\r\n');
    bare.write(Buffer.concat([Buffer.from(head + END_OF_HEAD), hello]));
    await bare.until(() => bare.heard.includes(END_OF_HEAD));
    return bare;
  }

  /** The code of the close frame that ended a WebSocket; 1006 where there was none. */
  get closeCode(): number {
    let at = this.#heard.indexOf(END_OF_HEAD) + END_OF_HEAD.length;
    while (at + 2 <= this.#heard.length) {
      const opcode = (this.#heard[at] ?? 0) & 0x0f;
      let length = (this.#heard[at + 1] ?? 0) & 0x7f;
      let payload = at + 2;
      if (length === 126) {
        length = this.#heard.readUInt16BE(at + 2);
        payload = at + 4;
      } else if (length === 127) {
        length = this.#heard.readUInt32BE(at + 6);
        payload = at + 10;
      }
      if (opcode === 8) return length < 2 ? 1005 : this.#heard.readUInt16BE(payload);
      at = payload + length;
    }
    return 1006;
  }
}

export interface FrameFacts {
  readonly opcode?: number;
  readonly fin?: boolean;
  /** Reserved bits. */
  readonly rsv?: number;
  readonly masked?: boolean;
  /** What the frame says of its length, where that is not the truth. */
  readonly declared?: number;
}

/** A frame as a client writes it, or as it must not. */
export function frame(payload: Buffer | string, facts: FrameFacts = {}): Buffer {
  const { opcode = 1, fin = true, rsv = 0, masked = true, declared } = facts;
  const bytes = Buffer.from(payload);
  const length = declared ?? bytes.length;
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode];
  const mask = masked ? 0x80 : 0;
  if (length < 126) head.push(mask | length);
  else if (length < 65_536) head.push(mask | 126, length >> 8, length & 255);
  else head.push(mask | 127, ...[7, 6, 5, 4, 3, 2, 1, 0].map((byte) => Math.floor(length / 256 ** byte) & 255));
  // A key of zero leaves the bytes as they are.
  if (masked) head.push(0, 0, 0, 0);
  return Buffer.concat([Buffer.from(head), bytes]);
}

export const INIT = frame('{"type":"connection_init"}');
