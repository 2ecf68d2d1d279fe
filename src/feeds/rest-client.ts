import { type Clock, pause } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import { WeightBudget, type WeightLimits } from './weight-budget.ts';

/** An answer takes well under a second; one that has not come by then will not. Milliseconds. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Largest body taken, bytes: a whole book of 5,000 levels a side is below 1 MiB. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** Waits where the venue does not say how long: after "too many requests", and after a ban, which begins at two minutes. */
const TOO_MANY_PAUSE_MS = 30_000;
const BAN_PAUSE_MS = 120_000;

/** A request that brought no body: refused by the venue, failed on the way, or not sent because it would have waited too long. */
export class RestFailure extends Error {
  override readonly name = 'RestFailure';
  /** HTTP status; null when there was no answer. */
  readonly status: number | null;

  constructor(status: number | null, message: string) {
    super(message);
    this.status = status;
  }
}

export interface RestRequest {
  /** Path and query. */
  readonly path: string;
  /** What the venue counts it as. */
  readonly weight: number;
  readonly signal: AbortSignal;
  /** Longest wait before it is sent, milliseconds: a request that would wait longer fails at once. */
  readonly patienceMs: number;
  /** JSON to POST; a GET without it. */
  readonly body?: string;
}

export interface RestClientOptions {
  /** `https://api.binance.com`, with or without a trailing slash. */
  readonly base: string;
  readonly limits: WeightLimits;
  /** Sent with every request: what a venue knows its customer by. Never logged. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

/**
 * Asks one host within its limits, by GET, or by POST where there is a body. 429 and 418 silence the whole client for as long as `Retry-After` says, since a
 * venue that is asked on turns a warning into a ban, and a ban into a longer one.
 */
export class RestClient {
  readonly #base: string;
  readonly #clock: Clock;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #budget: WeightBudget;
  #silentUntil = 0;

  constructor({ base, limits, headers = {}, clock }: RestClientOptions) {
    this.#headers = headers;
    this.#base = base.replace(/\/+$/, '');
    this.#clock = clock;
    this.#budget = new WeightBudget(limits, clock.now());
  }

  /**
   * The body of a 200.
   * @throws RestFailure for everything else, an abort included.
   */
  async ask(request: RestRequest): Promise<string> {
    const { weight, signal, patienceMs } = request;
    const deadline = this.#clock.now() + patienceMs;
    for (;;) {
      if (signal.aborted) throw new RestFailure(null, 'given up');
      const now = this.#clock.now();
      const wait = this.#silentUntil > now ? this.#silentUntil - now : this.#budget.take(weight, now);
      if (wait === 0) break;
      if (now + wait > deadline) throw new RestFailure(null, `the venue's limits would have it wait ${wait} ms`);
      await pause(this.#clock, wait, signal);
    }
    return this.#send(request);
  }

  async #send({ path, signal, body }: RestRequest): Promise<string> {
    const timeout = new AbortController();
    const cancel = this.#clock.after(ANSWER_TIMEOUT_MS, () => timeout.abort());
    try {
      const response = await fetch(this.#base + path, {
        ...(body !== undefined && { method: 'POST', body }),
        headers: { ...this.#headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
        signal: AbortSignal.any([signal, timeout.signal]),
        redirect: 'error',
      });
      this.#heed(response);
      if (response.ok) return await boundedText(response);
      await response.body?.cancel();
      throw new RestFailure(response.status, `HTTP ${response.status}`);
    } catch (error) {
      if (error instanceof RestFailure) throw error;
      if (timeout.signal.aborted) throw new RestFailure(null, `no answer within ${ANSWER_TIMEOUT_MS / 1_000} s`);
      throw new RestFailure(null, networkMessage(error));
    } finally {
      cancel();
    }
  }

  #heed({ status, headers }: Response): void {
    if (status !== 429 && status !== 418) return;
    const seconds = Number(headers.get('retry-after') ?? Number.NaN);
    const stated = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
    const ms = stated ?? (status === 418 ? BAN_PAUSE_MS : TOO_MANY_PAUSE_MS);
    this.#silentUntil = Math.max(this.#silentUntil, this.#clock.now() + ms);
  }
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  if (!reader) return '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks).toString();
    bytes += value.byteLength;
    chunks.push(value);
    if (bytes > MAX_BODY_BYTES) {
      await reader.cancel();
      throw new RestFailure(response.status, `a body of more than ${MAX_BODY_BYTES} bytes`);
    }
  }
}

/** `fetch` says only "fetch failed"; what failed is in its cause. */
function networkMessage(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
  return messageOf(error) + cause;
}
