import { WebSocket } from 'ws';
import type { Cancel, Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';

/** Largest message taken, bytes. A busy venue's largest is below 1 MiB; without a bound one message could take the memory. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** A server that has not answered the upgrade by then will not, milliseconds. */
const OPEN_TIMEOUT_MS = 10_000;

/** What a client sends to be known alive. */
export interface Heartbeat {
  readonly text: string;
  readonly intervalMs: number;
}

export interface VenueSocketOptions {
  readonly url: string;
  /** Sent one by one once open. */
  readonly requests: readonly string[];
  /** Between two requests, milliseconds: venues count what they are sent, pongs included. */
  readonly requestIntervalMs: number;
  readonly heartbeat?: Heartbeat;
  readonly clock: Clock;
  readonly opened: () => void;
  readonly message: (text: string) => void;
  /** Called once, unless {@link VenueSocket.close} came first; never from within the constructor. */
  readonly closed: (reason: string) => void;
}

/**
 * One WebSocket from its opening to its end, never reopened. Server pings are answered by `ws` at once with the payload
 * copied, as venues demand, and reach nobody: a heart-beat is no data.
 */
export class VenueSocket {
  readonly #options: VenueSocketOptions;
  readonly #socket: WebSocket | null;
  #timer: Cancel | null = null;
  #heart: Cancel | null = null;
  #ended = false;
  /** Resolves when the connection beneath is gone. */
  readonly gone: Promise<void>;

  constructor(options: VenueSocketOptions) {
    this.#options = options;
    const socket = openSocket(options.url);
    if (socket instanceof Error) {
      this.#socket = null;
      this.gone = Promise.resolve();
      queueMicrotask(() => this.#end(socket.message));
      return;
    }
    this.#socket = socket;
    let reason = '';
    this.gone = new Promise((resolve) => {
      socket.on('close', (code, text) => {
        resolve();
        this.#end(reason || `closed by the venue: ${code} ${text.toString()}`.trimEnd());
      });
    });
    // `ws` reports an error here and closes after it: without a listener it would end the process.
    socket.on('error', (error) => {
      reason = messageOf(error);
    });
    socket.on('open', () => {
      if (this.#ended) return;
      this.#timer?.();
      this.#timer = null;
      const { heartbeat } = options;
      if (heartbeat) this.#heart = options.clock.every(heartbeat.intervalMs, () => this.send(heartbeat.text));
      this.#sendRequest(0);
      options.opened();
    });
    socket.on('message', (data) => {
      if (!this.#ended) options.message((data as Buffer).toString());
    });
    this.#timer = options.clock.after(OPEN_TIMEOUT_MS, () => {
      reason = `no answer within ${OPEN_TIMEOUT_MS / 1_000} s`;
      socket.terminate();
    });
  }

  /** Sends a message; one that cannot be sent closes the socket, which is told there. */
  send(text: string): void {
    if (!this.#ended) this.#socket?.send(text, () => undefined);
  }

  /** Ends it: nothing is called any more. */
  close(): void {
    this.#ended = true;
    this.#timer?.();
    this.#heart?.();
    this.#socket?.terminate();
  }

  #sendRequest(index: number): void {
    const request = this.#options.requests[index];
    if (request === undefined) return;
    this.send(request);
    this.#timer = this.#options.clock.after(this.#options.requestIntervalMs, () => this.#sendRequest(index + 1));
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer?.();
    this.#heart?.();
    this.#options.closed(reason);
  }
}

/** A URL that `ws` cannot take is thrown by it at once; everything else comes as an event. */
function openSocket(url: string): WebSocket | Error {
  try {
    return new WebSocket(url, { maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false, followRedirects: false });
  } catch (error) {
    return new Error(messageOf(error));
  }
}
