import type { Bus } from '../../bus/bus.ts';
import { topics } from '../../bus/topics.ts';
import type { ArbitrageOutput } from '../../engines/arbitrage/outputs.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import type { ArbitrageTransactionTold, PoolMev } from '../../model/arbitrage-transaction.ts';
import type { ChainStatus } from '../../model/chain.ts';
import type { ContractEvent } from '../../model/contract-event.ts';
import type { OpportunityTold } from '../../model/opportunity.ts';
import { type PoolState, poolKey } from '../../model/pool.ts';
import { type Wired, wired } from '../../model/wired.ts';
import type { ChainLedger } from '../../store/arbitrage/chain-ledger.ts';
import type { ArchiveWriter } from '../../store/archive/archive-writer.ts';
import { EventPublisher } from '../event-publisher.ts';
import type { FailureLog } from '../failure-log.ts';
import { StatePublisher } from '../state-publisher.ts';

/** How often pools are published that have changed, milliseconds: they move with every block, and are only asked for. */
const POOLS_EVERY_MS = 1_000;

export interface ChainOutletOptions {
  readonly bus: Bus;
  readonly archive: ArchiveWriter;
  readonly ledger: ChainLedger;
  readonly clock: Clock;
  readonly failures: FailureLog;
}

/** What the engines of a chain make of its blocks: to the bus at once, pools at their own pace, and what lasts behind it to PostgreSQL. */
export class ChainOutlet {
  readonly #options: ChainOutletOptions;
  readonly #events: EventPublisher;
  readonly #status: StatePublisher<ChainStatus>;
  readonly #pools: StatePublisher<Wired<PoolState>>;
  readonly #mev: StatePublisher<PoolMev>;
  readonly #movedPools = new Map<string, PoolState>();
  readonly #movedMev = new Map<string, PoolMev>();
  #cancel: Cancel = () => undefined;
  #stopped = false;

  constructor(options: ChainOutletOptions) {
    this.#options = options;
    const { bus, clock, failures, archive } = options;
    const shared = { bus, clock, failures, storeLost: () => this.#republish() };
    this.#events = new EventPublisher(bus, archive, failures);
    this.#status = new StatePublisher({ topic: topics.chainStatus, ...shared });
    this.#pools = new StatePublisher({ topic: topics.pools, ...shared });
    this.#mev = new StatePublisher({ topic: topics.poolMev, ...shared });
  }

  start(): void {
    this.#cancel = this.#options.clock.every(POOLS_EVERY_MS, () => this.#flush());
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
    for (const publisher of [this.#status, this.#pools, this.#mev]) publisher.stop();
  }

  status(status: ChainStatus): void {
    this.#status.publish(status);
  }

  output(output: ArbitrageOutput): void {
    if (this.#stopped) return;
    switch (output.kind) {
      case 'opportunity':
        return this.opportunity(wired(output.opportunity));
      case 'transaction':
        return this.transaction(wired(output.transaction));
      case 'pool-state':
        return void this.#movedPools.set(poolKey(output.state.pool), output.state);
      case 'pool-mev': {
        const { chainId, pool: address } = output.mev;
        return void this.#movedMev.set(poolKey({ chainId, address }), output.mev);
      }
      case 'sandwich':
      case 'liquidation':
        // Counted in what is extracted from their pools.
        return;
    }
  }

  opportunity(told: OpportunityTold): void {
    this.#events.publish(topics.opportunities, told);
    this.#options.ledger.opportunity(told);
  }

  transaction(told: ArbitrageTransactionTold): void {
    this.#events.publish(topics.transactions, told);
    this.#options.ledger.transaction(told);
  }

  contractEvent(event: ContractEvent): void {
    const { bus, failures } = this.#options;
    bus.publishEvent(topics.chainEvents, event).then(undefined, (error: unknown) => {
      failures.note(error, { topic: topics.chainEvents.name, key: String(event.chainId) });
    });
  }

  #flush(): void {
    for (const state of this.#movedPools.values()) this.#pools.publish(wired(state));
    this.#movedPools.clear();
    for (const mev of this.#movedMev.values()) this.#mev.publish(mev);
    this.#movedMev.clear();
  }

  #republish(): void {
    for (const publisher of [this.#status, this.#pools, this.#mev]) publisher.republish();
  }
}
