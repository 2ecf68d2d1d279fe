import type { Clock } from '../../lib/clock.ts';
import { AddressBuckets } from './address-buckets.ts';
import { LimitReached, type Refusals } from './refusals.ts';
import { TokenBucket } from './token-bucket.ts';

/**
 * Tokens of a document for which one more document is counted: validating takes longer than in proportion, up to 94 ms
 * for 2,000 tokens, and a usual document has under 250.
 */
const TOKENS_APIECE = 250;

/** How many times what a connection may bring an address may: several tabs at once, but no whole process. */
const ADDRESS_SHARE = 5;

/**
 * What may come in one go, in seconds of the rate. A front end brings its documents when it starts; a process that has
 * just started gets those of all front ends, and must go on delivering meanwhile.
 */
const BURST_SECONDS = { connection: 20, address: 10, process: 4 };

/** How many documents a text of so many tokens counts for. */
export function documentsOf(tokens: number): number {
  return 1 + Math.floor(tokens / TOKENS_APIECE);
}

/**
 * How many documents may be new: parsing and validating are the dearest thing that a few bytes can ask for. Counted for
 * each connection, for each address, so that one cannot use up what all have, and for the process.
 */
export class NewDocuments {
  readonly #perSecond: number;
  readonly #clock: Clock;
  readonly #refusals: Refusals;
  readonly #process: TokenBucket;
  readonly #addresses: AddressBuckets;

  constructor(perSecond: number, perSecondPerProcess: number, refusals: Refusals, clock: Clock) {
    this.#perSecond = perSecond;
    this.#clock = clock;
    this.#refusals = refusals;
    this.#process = new TokenBucket(perSecondPerProcess, perSecondPerProcess * BURST_SECONDS.process, clock.now());
    const ofAddress = perSecond * ADDRESS_SHARE;
    this.#addresses = new AddressBuckets(ofAddress, ofAddress * BURST_SECONDS.address);
  }

  /** For one WebSocket, to be handed in with all that it brings. */
  ofConnection(): TokenBucket {
    return new TokenBucket(this.#perSecond, this.#perSecond * BURST_SECONDS.connection, this.#clock.now());
  }

  /**
   * @param connection its own bucket; null over HTTP, where connections come and go.
   * @throws LimitReached when it is too much at once; then nothing is taken.
   */
  take(connection: TokenBucket | null, address: string, documents: number): void {
    const now = this.#clock.now();
    const buckets = [...(connection ? [connection] : []), this.#addresses.of(address, now), this.#process];
    for (const bucket of buckets) {
      const retryAfterMs = bucket.wait(now, documents);
      if (retryAfterMs > 0)
        throw this.#refusals.count(new LimitReached('newDocuments', bucket.perSecond, { retryAfterMs }));
    }
    for (const bucket of buckets) bucket.take(now, documents);
  }
}
