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

/** How far back the first question goes, milliseconds: what was settled while nobody asked is told late, and not never. */
const LOOK_BACK_MS = 7 * 86_400_000;

/**
 * Asks for the settlements of every symbol once they have happened: the venue sends none on its socket. At the start it tells those of
 * the last days as past ones, and later whatever was settled since it was last answered.
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
        const before = this.#newest.get(symbol.symbol);
        const since = before === undefined ? settled - LOOK_BACK_MS : before + 1;
        const fundings = await rest.fundings(symbol, since, this.#end.signal);
        if (this.#end.signal.aborted) return false;
        for (const funding of fundings) {
          if (funding.timestamp <= (this.#newest.get(symbol.symbol) ?? 0)) continue;
          this.#newest.set(symbol.symbol, funding.timestamp);
          told(before === undefined ? { ...funding, past: true } : funding);
        }
      } catch (error) {
        complete = false;
        if (!this.#end.signal.aborted) failed(messageOf(error));
      }
    }
    return complete;
  }
}
