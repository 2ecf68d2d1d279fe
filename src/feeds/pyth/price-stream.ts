import type { Cancel, Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import { EventStreamReader } from './event-stream.ts';

/** A server that has not answered by then will not, milliseconds. */
const OPEN_TIMEOUT_MS = 10_000;

export interface PriceStreamOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly message: (text: string) => void;
  /** The server says why it is about to end the stream. */
  readonly complaint: (text: string) => void;
  /** Called once, unless {@link PriceStream.close} came first. @param status of a refusal; null where there was none. */
  readonly closed: (reason: string, status: number | null) => void;
}

/** One connection for server-sent events, from its opening to its end, never reopened. */
export class PriceStream {
  readonly #options: PriceStreamOptions;
  readonly #abort = new AbortController();
  #cancelTimeout: Cancel;
  #ended = false;
  #timedOut = false;
  /** Resolves when the connection is gone. Never rejects. */
  readonly gone: Promise<void>;

  constructor(options: PriceStreamOptions) {
    this.#options = options;
    this.#cancelTimeout = options.clock.after(OPEN_TIMEOUT_MS, () => {
      this.#timedOut = true;
      this.#abort.abort();
    });
    this.gone = this.#run();
  }

  /** Ends it: nothing is called any more. */
  close(): void {
    this.#ended = true;
    this.#cancelTimeout();
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    const { url, headers } = this.#options;
    try {
      const response = await fetch(url, {
        headers: { ...headers, accept: 'text/event-stream' },
        signal: this.#abort.signal,
        redirect: 'error',
      });
      this.#cancelTimeout();
      if (!response.ok || !response.body) {
        await response.body?.cancel();
        return this.#end(`HTTP ${response.status}`, response.status);
      }
      await this.#read(response.body);
      this.#end('ended by the server', null);
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
      this.#end(this.#timedOut ? `no answer within ${OPEN_TIMEOUT_MS / 1_000} s` : messageOf(error) + cause, null);
    }
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const events = new EventStreamReader();
    const text = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (const { type, data } of events.read(text.decode(value, { stream: true }))) {
        if (this.#ended) return;
        if (type === 'error') this.#options.complaint(data.slice(0, 200));
        else this.#options.message(data);
      }
    }
  }

  #end(reason: string, status: number | null): void {
    this.#cancelTimeout();
    // A stream that cannot be read on is still open.
    this.#abort.abort();
    if (this.#ended) return;
    this.#ended = true;
    this.#options.closed(reason, status);
  }
}
