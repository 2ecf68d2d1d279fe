import { background } from '../../lib/background.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { FundingHeard } from '../../model/market-event.ts';
import { FUNDING_INTERVAL_MS } from './mapper.ts';
import type { HyperliquidRest } from './rest.ts';
import type { HyperliquidSymbol } from './symbols.ts';

/** After the full hour until the venue has written the settlement down, milliseconds. */
const WRITTEN_AFTER_MS = 20_000;

/** Until what failed is asked again, milliseconds. */
const RETRY_MS = 60_000;

export interface FundingDeskOptions {
  readonly symbols: readonly HyperliquidSymbol[];
  readonly rest: HyperliquidRest;
  readonly clock: Clock;
  readonly log: Log;
  readonly told: (funding: FundingHeard) => void;
  readonly failed: (reason: string) => void;
}

/**
 * Asks for the settlement of every symbol once it has happened: the venue sends none on its socket. At the start it asks for
 * the last one, so that it is known when funding was settled; what happened while nobody asked is not made up for.
 */
export class FundingDesk {
  readonly #options: FundingDeskOptions;
  readonly #newest = new Map<string, number>();
  readonly #end = new AbortController();
  #timer: Cancel | null = null;
  #round: Promise<void> = Promise.resolve();

  constructor(options: FundingDeskOptions) {
    this.#options = options;
  }

  start(): void {
    this.#ask();
  }

  /** Resolves when nothing is asked any more. */
  async stop(): Promise<void> {
    this.#end.abort();
    this.#timer?.();
    await this.#round;
  }

  #ask(): void {
    this.#round = this.#askAll().then((complete) => {
      if (this.#end.signal.aborted) return;
      const { clock } = this.#options;
      const now = clock.now();
      const settled = Math.floor(now / FUNDING_INTERVAL_MS) * FUNDING_INTERVAL_MS;
      const next = settled + FUNDING_INTERVAL_MS + WRITTEN_AFTER_MS - now;
      this.#timer = clock.after(complete ? next : Math.min(RETRY_MS, next), () => this.#ask());
    });
    background('ask for funding', this.#round, this.#options.log);
  }

  /** Whether all were answered. */
  async #askAll(): Promise<boolean> {
    const { symbols, rest, clock, told, failed } = this.#options;
    const settled = Math.floor(clock.now() / FUNDING_INTERVAL_MS) * FUNDING_INTERVAL_MS;
    let complete = true;
    for (const symbol of symbols) {
      if (this.#end.signal.aborted) return false;
      // A settlement is stamped a few milliseconds after its hour.
      if ((this.#newest.get(symbol.symbol) ?? 0) >= settled) continue;
      try {
        const newest = (await rest.fundings(symbol, settled - FUNDING_INTERVAL_MS, this.#end.signal)).at(-1);
        if (this.#end.signal.aborted || !newest || newest.timestamp <= (this.#newest.get(symbol.symbol) ?? 0)) continue;
        const isFirst = !this.#newest.has(symbol.symbol);
        this.#newest.set(symbol.symbol, newest.timestamp);
        told(isFirst ? { ...newest, past: true } : newest);
      } catch (error) {
        complete = false;
        if (!this.#end.signal.aborted) failed(messageOf(error));
      }
    }
    return complete;
  }
}
