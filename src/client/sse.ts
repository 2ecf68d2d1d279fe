import { type ApiError, OperationError } from './errors.ts';
import { readEvents, type StreamEvent } from './event-stream.ts';
import { backoffMs, pause } from './pause.ts';
import type { Transport, TransportSink, WireOperation, WireResult } from './transport.ts';
import type { TokenProvider } from './websocket-transport.ts';

export interface SseOptions {
  /** `https://host/graphql`. */
  readonly url: string;
  readonly token?: TokenProvider;
  readonly fetch?: typeof globalThis.fetch;
  /** A stream on which nothing came for so long, milliseconds, is opened anew. The server beats every 25 seconds. */
  readonly silenceMs?: number;
}

/** One and a half heartbeats of the server, and what a slow network takes. */
const SILENCE_MS = 40_000;

/** Answers that say: come back later. */
const LATER = [429, 502, 503, 504];

/**
 * Subscriptions over server-sent events, for where no WebSocket gets through: a request for each, by `fetch`, so that it can
 * say who it is (an EventSource cannot). It comes back with `Last-Event-ID`, as an EventSource does.
 */
export function sseTransport(options: SseOptions): Transport {
  return {
    start: (operation, sink) => {
      const leaving = new AbortController();
      run(options, operation, sink, leaving.signal).catch((error: unknown) => {
        if (!leaving.signal.aborted) sink.failed(error);
      });
      return () => leaving.abort();
    },
    ...(options.token && { renew: () => Promise.resolve(true) }),
  };
}

async function run(
  options: SseOptions,
  operation: WireOperation,
  sink: TransportSink,
  left: AbortSignal,
): Promise<void> {
  let lastId = '';
  for (let attempt = 0; !left.aborted; attempt++) {
    let waitMs = 0;
    let isOver = false;
    const silent = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(() => silent.abort(), options.silenceMs ?? SILENCE_MS);
    };
    try {
      heard();
      const response = await ask(options, operation, lastId, AbortSignal.any([left, silent.signal]));
      if (left.aborted) return;
      if (LATER.includes(response.status)) waitMs = Number(response.headers.get('retry-after') ?? 0) * 1_000;
      else if (!response.headers.get('content-type')?.startsWith('text/event-stream') || !response.body)
        return sink.failed(await refusal(response));
      else {
        sink.sent();
        const opening = new Opening(sink);
        await readEvents(response.body, heard, (event) => {
          if (left.aborted || isOver) return;
          attempt = 0;
          if (event.id !== null) {
            lastId = event.id;
            if (lastId !== '') sink.progress(lastId);
          }
          isOver = opening.take(event);
        });
      }
    } catch (error) {
      if (left.aborted) return;
      // Whatever breaks a request may be mended by the next one; what the server says is no exception.
      if (error instanceof OperationError) return sink.failed(error);
    } finally {
      clearTimeout(timer);
      // The connection of a stream that is over would otherwise wait for a reader.
      silent.abort();
    }
    if (isOver || left.aborted) return;
    sink.lost();
    await pause(Math.max(waitMs, backoffMs(attempt)), left);
  }
}

/** What the events of one response mean. */
class Opening {
  readonly #sink: TransportSink;
  /** Comments and ids without data: the first opens the stream, from the second on it is live. */
  #beats = 0;

  constructor(sink: TransportSink) {
    this.#sink = sink;
  }

  /** @returns whether the operation is over. */
  take({ event, id, data }: StreamEvent): boolean {
    if (event === 'complete') {
      this.#sink.completed();
      return true;
    }
    if (data === null) {
      this.#beats += id === null ? 1 : 2;
      if (this.#beats > 1) this.#sink.live();
      return false;
    }
    const result = JSON.parse(data) as WireResult;
    this.#sink.next(result);
    return Boolean(result.errors?.length);
  }
}

async function ask(
  options: SseOptions,
  operation: WireOperation,
  lastId: string,
  signal: AbortSignal,
): Promise<Response> {
  const token = (await options.token?.()) ?? null;
  return (options.fetch ?? globalThis.fetch)(options.url, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(lastId !== '' && { 'last-event-id': lastId }),
    },
    body: JSON.stringify(operation),
    signal,
    cache: 'no-store',
  });
}

async function refusal(response: Response): Promise<OperationError> {
  const body = (await response.json().catch(() => ({}))) as { readonly errors?: readonly ApiError[] };
  const { errors = [] } = body;
  return new OperationError(errors[0]?.message ?? `The server answered ${response.status}.`, errors);
}
