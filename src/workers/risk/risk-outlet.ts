import type { Bus } from '../../bus/bus.ts';
import { topics } from '../../bus/topics.ts';
import type { RiskEngine } from '../../engines/risk/risk-engine.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import { ownerKey } from '../../model/owner.ts';
import type { OwnerShare } from '../../model/owner-share.ts';
import type { Position } from '../../model/position.ts';
import type {
  MarketLiquidations,
  OwnerPositions,
  PositionValue,
  RiskUpdate,
  ShareOfLiquidations,
} from '../../model/risk.ts';
import type { FailureLog } from '../failure-log.ts';
import { StatePublisher } from '../state-publisher.ts';

export interface RiskOutletOptions {
  readonly engine: RiskEngine;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly failures: FailureLog;
  /** Where it is not all owners, lists of markets are of a share, to be put together. */
  readonly share: OwnerShare;
  /** Cadence of what positions are worth, milliseconds. */
  readonly positionIntervalMs: number;
  /** Cadence of the lists near liquidation, milliseconds. */
  readonly liquidationIntervalMs: number;
}

/** How long the last value of an ended position stays on the bus, milliseconds: for readers that were away for a moment. */
const ENDED_KEPT_MS = 60_000;

/** What is told in one turn of the event loop: about a millisecond of work. All of some hundred positions took up to 45, and orders waited. */
const AT_ONCE = 20;

/** What the risk engine has changed, on the bus at each topic's cadence. */
export class RiskOutlet {
  readonly #options: RiskOutletOptions;
  readonly #values: StatePublisher<PositionValue>;
  readonly #risks: StatePublisher<RiskUpdate>;
  readonly #owners: StatePublisher<OwnerPositions>;
  readonly #markets: StatePublisher<MarketLiquidations> | StatePublisher<ShareOfLiquidations>;
  readonly #tellMarket: (market: MarketLiquidations) => void;
  readonly #timers: Cancel[] = [];
  /** Ended positions whose last value is still there, and when they ended. */
  readonly #ended = new Map<string, number>();
  /** What is being told of positions, a step a value; null when all is told. */
  #telling: Iterator<unknown> | null = null;

  constructor(options: RiskOutletOptions) {
    this.#options = options;
    const { bus, clock, failures } = options;
    const shared = { bus, clock, failures, storeLost: () => this.#republish() };
    this.#values = new StatePublisher({ topic: topics.positionValue, ...shared });
    this.#risks = new StatePublisher({ topic: topics.riskUpdates, ...shared });
    this.#owners = new StatePublisher({ topic: topics.positions, ...shared });
    const { number, of } = options.share;
    if (of === 1) {
      const markets = new StatePublisher({ topic: topics.liquidations, ...shared });
      this.#tellMarket = (market) => markets.publish(market);
      this.#markets = markets;
    } else {
      const markets = new StatePublisher({ topic: topics.liquidationShares, ...shared });
      this.#tellMarket = (liquidations) => markets.publish({ number, of, liquidations });
      this.#markets = markets;
    }
  }

  start(): void {
    const { clock, positionIntervalMs, liquidationIntervalMs } = this.#options;
    this.#timers.push(
      clock.every(positionIntervalMs, () => this.#flushPositions()),
      clock.every(liquidationIntervalMs, () => this.#flushMarkets()),
    );
  }

  /** A position has ended: its last value is told with the next flush, and then let go. */
  ended(position: Position): void {
    this.#ended.set(ownerKey(position.owner, position.id), this.#options.clock.now());
  }

  stop(): void {
    for (const cancel of this.#timers) cancel();
    this.#telling = null;
    for (const publisher of [this.#values, this.#risks, this.#owners, this.#markets]) publisher.stop();
  }

  #flushPositions(): void {
    // Where one flush takes longer than to the next, what changes meanwhile waits for the one after: its newest value.
    if (this.#telling) return;
    this.#telling = this.#positions();
    this.#tell();
  }

  #tell(): void {
    for (let told = 0; told < AT_ONCE && this.#telling; told++) if (this.#telling.next().done) this.#telling = null;
    if (this.#telling) setImmediate(() => this.#tell());
  }

  *#positions(): Generator<void> {
    const { engine, clock } = this.#options;
    for (const value of engine.flush('positionValue')) yield this.#values.publish(value);
    for (const update of engine.flush('riskUpdates')) yield this.#risks.publish(update);
    for (const owner of engine.flush('positions')) yield this.#owners.publish(owner);
    const now = clock.now();
    for (const [key, endedAt] of this.#ended) {
      if (now - endedAt < ENDED_KEPT_MS) break;
      this.#ended.delete(key);
      this.#values.end(key);
      this.#risks.end(key);
    }
  }

  #flushMarkets(): void {
    for (const market of this.#options.engine.flush('liquidations')) this.#tellMarket(market);
  }

  #republish(): void {
    for (const publisher of [this.#values, this.#risks, this.#owners, this.#markets]) publisher.republish();
  }
}
