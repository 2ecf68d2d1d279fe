import type { Clock } from '../../lib/clock.ts';
import type { ChainStatus } from '../../model/chain.ts';
import type { HealthStatus } from '../../model/component.ts';
import type { EvmChain } from '../chains.ts';
import type { BlockHeader } from './answers.ts';

/** Keeps what is said of how a chain is followed, and says so when it changes. */
export class StatusLedger {
  readonly #chain: EvmChain;
  readonly #clock: Clock;
  readonly #changed: () => void;
  #status: HealthStatus = 'DOWN';
  #message = 'not started';
  #head: BlockHeader | null = null;
  #headHeardAt: number | null = null;
  #reorgs = 0;
  #lastReorgDepth: number | null = null;
  #errorCount = 0;
  #poolCount = 0;

  constructor(chain: EvmChain, clock: Clock, changed: () => void) {
    this.#chain = chain;
    this.#clock = clock;
    this.#changed = changed;
  }

  get(): ChainStatus {
    const head = this.#head;
    const now = this.#clock.now();
    return {
      chainId: this.#chain.chainId,
      name: this.#chain.name,
      source: 'evm',
      status: this.#status,
      message: this.#message,
      head: head?.number ?? null,
      headHash: head?.hash ?? null,
      lagMs: head === null || this.#headHeardAt === null ? null : this.#headHeardAt - head.timestamp * 1_000,
      reorgs: this.#reorgs,
      lastReorgDepth: this.#lastReorgDepth,
      errorCount: this.#errorCount,
      poolCount: this.#poolCount,
      stale: this.#status !== 'HEALTHY',
      timestamp: head === null ? now : head.timestamp * 1_000,
      receivedAt: this.#headHeardAt ?? now,
    };
  }

  set(status: HealthStatus, message: string): void {
    if (status === this.#status && message === this.#message) return;
    this.#status = status;
    this.#message = message;
    this.#changed();
  }

  failed(status: HealthStatus, message: string): void {
    this.#errorCount++;
    this.#status = status;
    this.#message = message;
    this.#changed();
  }

  head(header: BlockHeader): void {
    this.#head = header;
    this.#headHeardAt = this.#clock.now();
    this.#status = 'HEALTHY';
    this.#message = '';
    this.#changed();
  }

  /** When a block was taken in last; null before the first. */
  get headHeardAt(): number | null {
    return this.#headHeardAt;
  }

  reorganised(depth: number): void {
    this.#reorgs++;
    this.#lastReorgDepth = depth;
    this.#changed();
  }

  pools(count: number): void {
    this.#poolCount = count;
  }
}
