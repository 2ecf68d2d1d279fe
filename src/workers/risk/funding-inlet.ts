import type { Bus, BusRecord } from '../../bus/bus.ts';
import { topics } from '../../bus/topics.ts';
import type { RiskEvent } from '../../engines/risk/events.ts';
import { background } from '../../lib/background.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { FundingRate } from '../../model/market-stats.ts';
import { Latest } from '../../store/latest.ts';
import type { MarketHistory } from '../../store/market-history.ts';

/** Until a reading that failed is tried again, milliseconds. */
const RETRY_MS = 1_000;

/** Newest events of the stream that are read beside the archive, which is written a moment behind it. */
const NEWEST_EVENTS = 1_000;

export interface FundingInletOptions {
  readonly bus: Bus;
  readonly history: MarketHistory;
  readonly clock: Clock;
  readonly log: Log;
  /** Since when settlements may be missing, by symbol: of every perpetual that accrues funding. */
  readonly since: () => ReadonlyMap<string, number>;
  /** False where a venue that was not there has settled nothing. */
  readonly mayMiss: boolean;
  readonly heard: (event: RiskEvent) => void;
}

/**
 * Settlements of funding, as events of the risk engine: first those that were told while the worker was away, as far as they are stored,
 * then each as it is told. What is told meanwhile waits, so that each symbol's come in the order of their times.
 */
export class FundingInlet {
  readonly #options: FundingInletOptions;
  readonly #latest: Latest;
  /** Everything that was told so far is handed on when this resolves. Never rejects. */
  #done: Promise<void> = Promise.resolve();
  #close: Cancel = () => undefined;
  #retry: Cancel | null = null;
  #stopped = false;

  constructor(options: FundingInletOptions) {
    this.#options = options;
    this.#latest = new Latest(options.bus, options.log);
  }

  start(): void {
    background('listen to fundings', this.#open(), this.#options.log);
  }

  stop(): void {
    this.#stopped = true;
    this.#retry?.();
    this.#close();
  }

  async #open(): Promise<void> {
    const { bus, clock, log } = this.#options;
    try {
      this.#close = await bus.subscribe(topics.fundingRates, {
        message: (record) => this.#then(() => this.#funding(record)),
        restored: () => this.#then(() => this.#catchUp()),
      });
      if (this.#stopped) return this.#close();
      this.#then(() => this.#catchUp());
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'fundings cannot be heard yet');
      if (!this.#stopped) this.#retry = clock.after(RETRY_MS, () => this.start());
    }
  }

  /** One after the other, in the order in which they came. */
  #then(work: () => Promise<void>): void {
    this.#done = this.#done.then(async () => {
      try {
        if (!this.#stopped) await work();
      } catch (error) {
        this.#options.log.error({ reason: messageOf(error) }, 'a settlement could not be read');
      }
    });
    background('take fundings', this.#done, this.#options.log);
  }

  async #funding({ payload }: BusRecord): Promise<void> {
    await this.#take(JSON.parse(payload) as FundingRate);
  }

  async #take({ symbol, fundingRate: rate, timestamp, receivedAt }: FundingRate): Promise<void> {
    const { heard, mayMiss } = this.#options;
    const stats = mayMiss ? await this.#latest.get(topics.marketStats, symbol) : null;
    if (this.#stopped) return;
    heard({ kind: 'funding', symbol, rate, intervalMs: stats?.value.fundingIntervalMs ?? null, timestamp, receivedAt });
  }

  /** What was told while nobody listened. Tries until it can be read: what is told later is booked after it. */
  async #catchUp(): Promise<void> {
    const { bus, history, clock, since, log } = this.#options;
    for (;;) {
      if (this.#stopped) return;
      try {
        const missing = since();
        if (missing.size === 0) return;
        const stored = await history.fundings([...missing.keys()], Math.min(...missing.values()));
        const { records } = await bus.readBefore(topics.fundingRates, Number.MAX_SAFE_INTEGER, NEWEST_EVENTS);
        const newest = records.map(({ payload }) => JSON.parse(payload) as FundingRate);
        // The engine books none twice.
        for (const funding of [...stored, ...newest].sort((a, b) => a.timestamp - b.timestamp))
          if (missing.has(funding.symbol)) await this.#take(funding);
        return;
      } catch (error) {
        log.warn({ reason: messageOf(error) }, 'fundings that were missed cannot be read yet');
        await new Promise<void>((resolve) => {
          this.#retry = clock.after(RETRY_MS, resolve);
        });
      }
    }
  }
}
