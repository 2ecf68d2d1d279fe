import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { Operation } from '../workload.ts';
import { pongFrame, textFrame } from './frame.ts';
import type { Protocol } from './protocol.ts';

/** What happens on a socket. */
export interface Sink {
  /** A text message that is an event: `length` bytes of `bytes` from `at`, valid during the call. */
  event(socket: LoadSocket, bytes: Buffer, at: number, length: number): void;
  /** All that had arrived has been told. */
  read?(): void;
  /** A message of the protocol. */
  control?(socket: LoadSocket, message: string): void;
  /** Its subscription has been asked for. */
  subscribed(socket: LoadSocket): void;
  /** It is gone, not by our will. */
  lost(socket: LoadSocket, why: string): void;
}

export interface LoadSocketOptions {
  readonly port: number;
  readonly index: number;
  readonly protocol: Protocol;
  readonly operation: () => Operation;
  readonly sink: Sink;
}

/** Bytes read in one call. One buffer for all sockets: a read is dealt with before the next one begins. */
const READ_BYTES = 262_144;
const readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);

/** Source addresses: each has some 28,000 ports, and a port that was just used is not free at once. */
const SOURCES = 8;

const TEXT = 0x81;
const CLOSE = 0x88;
const PING = 0x89;

/** One client on bare TCP: what it costs must stay small beside what the server does for it. */
export class LoadSocket {
  readonly index: number;
  readonly id = randomUUID();
  readonly #options: LoadSocketOptions;
  readonly #socket: Socket;
  /** The beginning of what has not come in full yet. */
  #rest: Buffer | null = null;
  #upgraded = false;
  #ended = false;

  constructor(options: LoadSocketOptions) {
    this.#options = options;
    this.index = options.index;
    this.#socket = connect({
      host: '127.0.0.1',
      port: options.port,
      localAddress: process.platform === 'linux' ? `127.0.0.${2 + (options.index % SOURCES)}` : undefined,
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (length) => {
          this.#read(length);
          return true;
        },
      },
    });
    this.#socket.on('connect', () => this.#socket.write(this.#upgrade()));
    this.#socket.on('error', (error) => this.#lost(error.message));
    this.#socket.on('close', () => this.#lost('closed by the server'));
  }

  send(message: string): void {
    this.#socket.write(textFrame(message));
  }

  /** Ends it at once, as a network that is cut does: nothing is said, what is under way is lost. */
  cut(): void {
    this.#ended = true;
    this.#socket.resetAndDestroy();
  }

  #upgrade(): string {
    const { port, protocol } = this.#options;
    const lines = [
      `GET ${protocol.path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Connection: Upgrade',
      'Pragma: no-cache',
      'Cache-Control: no-cache',
      'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
      'Upgrade: websocket',
      'Origin: https://app.example.com',
      'Sec-WebSocket-Version: 13',
      'Accept-Encoding: gzip, deflate, br, zstd',
      'Accept-Language: en-GB,en;q=0.9',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      ...(protocol.subprotocol === null ? [] : [`Sec-WebSocket-Protocol: ${protocol.subprotocol}`]),
    ];
    return `${lines.join('\r\n')}\r\n\r\n`;
  }

  #read(length: number): void {
    if (this.#ended) return;
    let bytes = readBuffer;
    let end = length;
    if (this.#rest) {
      bytes = Buffer.concat([this.#rest, readBuffer.subarray(0, length)]);
      end = bytes.length;
      this.#rest = null;
    }
    let at = 0;
    if (!this.#upgraded) {
      at = this.#answered(bytes, end);
      if (at < 0) return;
    }
    at = this.#frames(bytes, at, end);
    if (at < end) this.#rest = Buffer.from(bytes.subarray(at, end));
    this.#options.sink.read?.();
  }

  /** Reads the answer to the upgrade; where it ends, or -1. */
  #answered(bytes: Buffer, end: number): number {
    const text = bytes.toString('latin1', 0, end);
    const head = text.indexOf('\r\n\r\n');
    if (head < 0) {
      this.#rest = Buffer.from(bytes.subarray(0, end));
      return -1;
    }
    if (!text.startsWith('HTTP/1.1 101 ')) {
      this.#lost(`refused: ${text.slice(0, text.indexOf('\r\n'))}`);
      return -1;
    }
    this.#upgraded = true;
    const { hello } = this.#options.protocol;
    if (hello === null) this.#options.sink.subscribed(this);
    else this.send(hello);
    return head + 4;
  }

  /** Deals with every whole frame; where the first one that is not whole begins. */
  #frames(bytes: Buffer, start: number, end: number): number {
    const { protocol, sink } = this.#options;
    let at = start;
    while (at + 2 <= end) {
      const opcode = bytes[at] as number;
      let length = bytes[at + 1] as number;
      let payload = at + 2;
      if (length === 126) {
        if (at + 4 > end) break;
        length = bytes.readUInt16BE(at + 2);
        payload = at + 4;
      } else if (length === 127) {
        if (at + 10 > end) break;
        length = bytes.readUInt32BE(at + 6);
        payload = at + 10;
      }
      const next = payload + length;
      if (next > end) break;
      if (opcode === TEXT) {
        if (length > protocol.eventAt && bytes[payload + protocol.eventAt] === protocol.eventByte)
          sink.event(this, bytes, payload, length);
        else this.#control(bytes.toString('utf8', payload, next));
      } else if (opcode === PING) this.#socket.write(pongFrame(bytes.subarray(payload, next)));
      else if (opcode === CLOSE) this.#lost(`closed with ${length < 2 ? 'no code' : bytes.readUInt16BE(payload)}`);
      at = next;
    }
    return at;
  }

  #control(message: string): void {
    const { protocol, operation, sink } = this.#options;
    const { send, subscribed = false, refused = false } = protocol.reply(message, this.id, operation);
    if (refused) return this.#lost(`ended by ${message.slice(0, 300)}`);
    if (send !== null) this.send(send);
    sink.control?.(this, message);
    if (subscribed) sink.subscribed(this);
  }

  #lost(why: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.destroy();
    this.#options.sink.lost(this, why);
  }
}
