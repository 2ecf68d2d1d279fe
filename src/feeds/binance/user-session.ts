import { createHmac } from 'node:crypto';
import { type Cancel, type Clock, pause } from '../../lib/clock.ts';
import { WeightBudget } from '../weight-budget.ts';

/** A third of what the venue allows an address a minute: the market's feed asks from the same one. */
const LIMITS = { burst: 1_000, perMinute: 2_000 };

/** An answer takes well under a second; one that has not come by then will not. Milliseconds. */
const ANSWER_TIMEOUT_MS = 10_000;

/** How old a request may be at the venue, milliseconds: clocks differ, and a busy line holds one back. */
const RECEIVE_WINDOW_MS = 10_000;

/** The venue's numbers for a key that it does not know or take, and for a signature that is not the key's. */
const KEY_CODES: readonly unknown[] = [-1022, -2014, -2015];

/** A request that the venue refused, or that was not answered. Its words hold nothing that was sent. */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure';
  /** Whether it would be refused again: the key is wrong. */
  readonly forGood: boolean;
  /** When the venue is willing to hear the next one, milliseconds; null where it does not say. */
  readonly retryAt: number | null;

  constructor(message: string, forGood = false, retryAt: number | null = null) {
    super(message);
    this.forGood = forGood;
    this.retryAt = retryAt;
  }
}

/** Who we are at the venue. */
export interface UserKey {
  readonly apiKey: string;
  /** Of an HMAC key. */
  readonly secret: string;
}

export type Parameters = Readonly<Record<string, string | number | boolean>>;

interface Pending {
  readonly answered: (result: unknown) => void;
  readonly failed: (failure: RequestFailure) => void;
  readonly cancel: Cancel;
}

/** Signed requests over the venue's WebSocket API, within its limits. */
export class UserSession {
  readonly #key: UserKey;
  readonly #clock: Clock;
  readonly #send: (text: string) => void;
  readonly #budget: WeightBudget;
  readonly #pending = new Map<string, Pending>();
  #number = 0;

  constructor(key: UserKey, clock: Clock, send: (text: string) => void) {
    this.#key = key;
    this.#clock = clock;
    this.#send = send;
    this.#budget = new WeightBudget(LIMITS, clock.now());
  }

  /**
   * The result of a request.
   * @param weight what the venue counts it as.
   * @throws RequestFailure
   */
  async ask(method: string, weight: number, parameters: Parameters, signal: AbortSignal): Promise<unknown> {
    for (let wait = this.#budget.take(weight, this.#clock.now()); wait > 0; ) {
      await pause(this.#clock, wait, signal);
      if (signal.aborted) break;
      wait = this.#budget.take(weight, this.#clock.now());
    }
    if (signal.aborted) throw new RequestFailure('given up');
    const id = `t${++this.#number}`;
    return new Promise((answered, failed) => {
      const cancel = this.#clock.after(ANSWER_TIMEOUT_MS, () => {
        this.#pending.delete(id);
        failed(new RequestFailure(`${method}: no answer within ${ANSWER_TIMEOUT_MS / 1_000} s`));
      });
      this.#pending.set(id, { answered, failed, cancel });
      this.#send(JSON.stringify({ id, method, params: this.#signed(parameters) }));
    });
  }

  /** @returns whether the message was an answer to one of ours. */
  heard(message: Readonly<Record<string, unknown>>): boolean {
    const { id, status, result, error } = message;
    const pending = typeof id === 'string' ? this.#pending.get(id) : undefined;
    if (!pending) return false;
    this.#pending.delete(id as string);
    pending.cancel();
    if (status === 200) pending.answered(result);
    else pending.failed(refusal(status, error));
    return true;
  }

  /** The connection is gone: nothing that was asked on it is answered. */
  lost(): void {
    for (const { cancel, failed } of this.#pending.values()) {
      cancel();
      failed(new RequestFailure('the connection was lost'));
    }
    this.#pending.clear();
  }

  #signed(parameters: Parameters): Parameters {
    const { apiKey, secret } = this.#key;
    const all: Record<string, Parameters[string]> = {
      ...parameters,
      apiKey,
      recvWindow: RECEIVE_WINDOW_MS,
      timestamp: this.#clock.now(),
    };
    // What is signed is the parameters by name, as a query string would have them.
    const query = Object.keys(all)
      .sort()
      .map((name) => `${name}=${encodeURIComponent(String(all[name]))}`)
      .join('&');
    return { ...all, signature: createHmac('sha256', secret).update(query).digest('hex') };
  }
}

function refusal(status: unknown, error: unknown): RequestFailure {
  const { code, msg, data } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  const { retryAfter } = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>;
  const words = typeof msg === 'string' ? msg.slice(0, 200) : 'without a reason';
  return new RequestFailure(
    `refused with ${String(status).slice(0, 10)}, ${String(code).slice(0, 10)}: ${words}`,
    KEY_CODES.includes(code),
    typeof retryAfter === 'number' ? retryAfter : null,
  );
}
