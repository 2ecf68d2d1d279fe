import { WebSocket } from 'ws';
import type { Cancel, Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import { CALL_TIMEOUT_MS, Envelope, type JsonRpc, MAX_ANSWER_BYTES, NodeError, resultOf } from './json-rpc.ts';

/** A node that has not answered the upgrade by then will not, milliseconds. */
const OPEN_TIMEOUT_MS = 10_000;

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly cancel: Cancel;
}

export interface SocketRpcListener {
  /** The node has told something by itself: with what we subscribe to, that there is a new head. */
  notified(): void;
  /** The connection is gone; called once. Calls that wait have been refused. */
  closed(reason: string): void;
}

/** JSON-RPC over one WebSocket, from its opening to its end, never reopened. */
export class SocketRpc implements JsonRpc {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #listener: SocketRpcListener;
  readonly #waiting = new Map<number, Waiting>();
  #id = 0;
  #reason = '';
  #ended = false;

  /** @throws NodeError when the node cannot be reached. */
  static open(url: string, clock: Clock, listener: SocketRpcListener): Promise<SocketRpc> {
    return new Promise((resolve, reject) => {
      try {
        const socket = new WebSocket(url, {
          maxPayload: MAX_ANSWER_BYTES,
          perMessageDeflate: false,
          followRedirects: false,
          handshakeTimeout: OPEN_TIMEOUT_MS,
        });
        const rpc = new SocketRpc(socket, clock, listener);
        socket.once('open', () => resolve(rpc));
        socket.once('close', () => reject(new NodeError(`the node could not be reached: ${rpc.#reason}`)));
      } catch (error) {
        reject(new NodeError(messageOf(error)));
      }
    });
  }

  private constructor(socket: WebSocket, clock: Clock, listener: SocketRpcListener) {
    this.#socket = socket;
    this.#clock = clock;
    this.#listener = listener;
    socket.on('message', (data) => this.#message(String(data)));
    // `ws` reports an error here and closes after it: without a listener it would end the process.
    socket.on('error', (error) => {
      this.#reason = messageOf(error);
    });
    socket.on('close', () => this.#end(this.#reason || 'closed by the node'));
  }

  call(method: string, params: readonly unknown[]): Promise<unknown> {
    if (this.#ended) return Promise.reject(new NodeError(`${method}: not connected`));
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(CALL_TIMEOUT_MS, () => {
        this.#waiting.delete(id);
        reject(new NodeError(`${method}: no answer within ${CALL_TIMEOUT_MS / 1_000} s`));
      });
      this.#waiting.set(id, { resolve, reject, cancel });
      // A failed send closes the socket, which is told there.
      this.#socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }), () => undefined);
    });
  }

  close(): void {
    this.#socket.terminate();
    this.#end('closed by us');
  }

  #message(text: string): void {
    const envelope = parse(text);
    if (envelope === null) return this.#socket.terminate();
    if (envelope.method !== undefined) return this.#listener.notified();
    const waiting = this.#waiting.get(envelope.id ?? -1);
    if (waiting === undefined) return;
    this.#waiting.delete(envelope.id ?? -1);
    waiting.cancel();
    try {
      waiting.resolve(resultOf(envelope));
    } catch (error) {
      waiting.reject(error instanceof Error ? error : new NodeError(messageOf(error)));
    }
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const { reject, cancel } of this.#waiting.values()) {
      cancel();
      reject(new NodeError(reason));
    }
    this.#waiting.clear();
    this.#listener.closed(reason);
  }
}

function parse(text: string): Envelope | null {
  try {
    return Envelope.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
