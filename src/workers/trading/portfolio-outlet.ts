import type { Bus } from '../../bus/bus.ts';
import { topics } from '../../bus/topics.ts';
import type { PaperVenue } from '../../engines/paper/paper-venue.ts';
import { background } from '../../lib/background.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Address } from '../../model/identity.ts';
import type { EquityPoint, Portfolio } from '../../model/portfolio.ts';
import type { Trading } from '../../store/trading.ts';
import { WriteBehind } from '../../store/write-behind.ts';
import type { FailureLog } from '../failure-log.ts';
import { StatePublisher } from '../state-publisher.ts';

export interface PortfolioOutletOptions {
  readonly venue: PaperVenue;
  readonly bus: Bus;
  readonly trading: Trading;
  readonly clock: Clock;
  readonly log: Log;
  readonly failures: FailureLog;
  readonly portfolioIntervalMs: number;
  readonly historyIntervalMs: number;
  /** Whether an owner's account has changed by what is not stored yet. */
  readonly isAhead: (owner: Address) => boolean;
  /** Called with every portfolio that is published. */
  readonly told: (portfolio: Portfolio) => void;
}

/** Points that wait for a database that is away. */
const MOST_POINTS = 200_000;

/** How often what is too old is deleted, milliseconds. */
const PRUNE_EVERY_MS = 3_600_000;

/** Portfolios on the bus: at once after what was stored of their orders, and at a cadence where prices have moved. */
export class PortfolioOutlet {
  readonly #options: PortfolioOutletOptions;
  readonly #portfolios: StatePublisher<Portfolio>;
  readonly #points: WriteBehind<EquityPoint>;
  readonly #timers: Cancel[] = [];
  /** Symbols whose price has been told since the last cadence. */
  #moved = new Set<string>();
  #prunedAt = Number.NEGATIVE_INFINITY;

  constructor(options: PortfolioOutletOptions) {
    this.#options = options;
    const { bus, trading, clock, log, failures } = options;
    const storeLost = () => this.#portfolios.republish();
    this.#portfolios = new StatePublisher({ topic: topics.portfolio, bus, clock, failures, storeLost });
    this.#points = new WriteBehind({
      what: 'equity curves',
      keyOf: ({ owner, at }) => `${owner}|${at}`,
      write: (points) => trading.addPoints(points),
      most: MOST_POINTS,
      clock,
      log,
    });
  }

  get failing(): boolean {
    return this.#points.failing;
  }

  start(): void {
    const { clock, venue, portfolioIntervalMs, historyIntervalMs } = this.#options;
    this.#timers.push(
      clock.every(portfolioIntervalMs, () => this.#flushMoved()),
      clock.every(historyIntervalMs, () => this.#keepHistory()),
    );
    for (const owner of venue.owners()) this.tell(venue.portfolio(owner, clock.now()));
  }

  price(symbol: string): void {
    this.#moved.add(symbol);
  }

  /** Now and then deletes points older than `before`. */
  prune(before: number): void {
    const { clock, trading, log } = this.#options;
    if (clock.now() - this.#prunedAt < PRUNE_EVERY_MS) return;
    this.#prunedAt = clock.now();
    background('prune equity curves', trading.prunePoints(before), log);
  }

  async stop(): Promise<void> {
    for (const cancel of this.#timers) cancel();
    this.#portfolios.stop();
    await this.#points.close();
  }

  tell(portfolio: Portfolio): void {
    this.#portfolios.publish(portfolio);
    this.#options.told(portfolio);
  }

  #flushMoved(): void {
    const { venue, clock, isAhead } = this.#options;
    const moved = this.#moved;
    this.#moved = new Set();
    for (const owner of venue.owners()) {
      // What is being stored is told when it is.
      if (isAhead(owner)) continue;
      const holdings = [...venue.account(owner).holdings];
      if (holdings.some(({ symbol, quantity }) => quantity !== 0n && moved.has(symbol)))
        this.tell(venue.portfolio(owner, clock.now()));
    }
  }

  #keepHistory(): void {
    const { venue, clock } = this.#options;
    const at = clock.now();
    for (const owner of venue.owners()) {
      const { equity, totalPnl, realizedPnl, unrealizedPnl } = venue.portfolio(owner, at);
      this.#points.put({ owner, at, equity, totalPnl, realizedPnl, unrealizedPnl });
    }
  }
}
