import { TokenBucket } from './token-bucket.ts';

/** Addresses kept; of more the one that came first is forgotten, which gives it a new burst and nothing else. */
const KEPT_ADDRESSES = 10_000;

/** A bucket for each address, in this process. */
export class AddressBuckets {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
  }

  of(address: string, now: number): TokenBucket {
    const known = this.#buckets.get(address);
    if (known) return known;
    const made = new TokenBucket(this.#perSecond, this.#burst, now);
    const oldest = this.#buckets.keys().next();
    if (this.#buckets.size >= KEPT_ADDRESSES && !oldest.done) this.#buckets.delete(oldest.value);
    this.#buckets.set(address, made);
    return made;
  }
}
