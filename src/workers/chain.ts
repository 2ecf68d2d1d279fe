import type { Bus } from '../bus/bus.ts';
import { topics } from '../bus/topics.ts';
import {
  type ArbitrageChain,
  type ArbitrageEngine,
  createArbitrageEngine,
} from '../engines/arbitrage/arbitrage-engine.ts';
import type { ArbitrageOutput } from '../engines/arbitrage/outputs.ts';
import type { ChainFeed } from '../feeds/chain-feed.ts';
import { background } from '../lib/background.ts';
import type { Cancel, Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { ArbitrageTransaction, PoolMev } from '../model/arbitrage-transaction.ts';
import type { ChainEvent, ChainStatus } from '../model/chain.ts';
import type { Opportunity } from '../model/opportunity.ts';
import type { PoolState } from '../model/pool.ts';
import type { Price } from '../model/price.ts';
import { type Wired, wired } from '../model/wired.ts';
import type { ArchiveWriter } from '../store/archive/archive-writer.ts';
import type { ChainRecords } from '../store/chain-records.ts';
import { Latest } from '../store/latest.ts';
import { WriteBehind } from '../store/write-behind.ts';
import { EventPublisher } from './event-publisher.ts';
import { FailureLog } from './failure-log.ts';
import { StatePublisher } from './state-publisher.ts';
import { type ComponentHealth, defineWorker, type Worker } from './worker.ts';

export interface ChainWorkerOptions {
  /** Made when the worker starts: a chain goes on from the last block that was worked through. */
  readonly makeFeed: (after: { readonly number: number; readonly hash: string } | null) => ChainFeed;
  readonly chain: ArbitrageChain;
  /** `evm:56` or `simulated:56`. */
  readonly name: string;
  /** Whether blocks of an earlier life are gone on from. */
  readonly resumes: boolean;
  readonly bus: Bus;
  readonly records: ChainRecords;
  readonly archive: ArchiveWriter;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often the price of the native coin is taken over, milliseconds. */
const PRICE_EVERY_MS = 1_000;

/** Records that wait for a database that is away. */
const MOST_RECORDS = 50_000;

/** Until the last block is asked for again when the database did not say, milliseconds. */
const RETRY_MS = 1_000;

/** One chain: its blocks understood by the arbitrage engine, on the bus and in PostgreSQL. Reports as the component `chain:<name>`. */
export function createChainWorker(options: ChainWorkerOptions): Worker {
  const chain = new Chain(options);
  return defineWorker({
    name: `chain:${options.name}`,
    start: (healthChanged) => chain.start(healthChanged),
    health: () => chain.health(),
    stop: () => chain.stop(),
  });
}

class Chain {
  readonly #options: ChainWorkerOptions;
  readonly #log: Log;
  readonly #engine: ArbitrageEngine;
  readonly #failures: FailureLog;
  readonly #engineFailures: FailureLog;
  readonly #events: EventPublisher;
  readonly #status: StatePublisher<ChainStatus>;
  readonly #pools: StatePublisher<Wired<PoolState>>;
  readonly #mev: StatePublisher<PoolMev>;
  readonly #opportunities: WriteBehind<Wired<Opportunity>>;
  readonly #transactions: WriteBehind<Wired<ArbitrageTransaction>>;
  readonly #progress: WriteBehind<{ readonly number: number; readonly hash: string }>;
  readonly #latest: Latest;
  readonly #timers: Cancel[] = [];
  #feed: ChainFeed | null = null;
  #healthChanged: () => void = () => undefined;
  #startedAt = 0;
  #nativePrice: string | null = null;
  #stopped = false;

  constructor(options: ChainWorkerOptions) {
    this.#options = options;
    const { bus, clock, archive, records, chain } = options;
    this.#log = options.log.child({ worker: `chain:${options.name}` });
    this.#engine = createArbitrageEngine({ chains: [chain] });
    this.#failures = new FailureLog('the bus refused to publish', clock, this.#log);
    this.#engineFailures = new FailureLog('the arbitrage engine failed on an event', clock, this.#log);
    this.#events = new EventPublisher(bus, archive, this.#failures);
    this.#latest = new Latest(bus, this.#log);
    const shared = { bus, clock, failures: this.#failures, storeLost: () => this.#republish() };
    this.#status = new StatePublisher({ topic: topics.chainStatus, ...shared });
    this.#pools = new StatePublisher({ topic: topics.pools, ...shared });
    this.#mev = new StatePublisher({ topic: topics.poolMev, ...shared });
    const behind = { most: MOST_RECORDS, clock, log: this.#log };
    this.#opportunities = new WriteBehind({
      what: 'opportunities',
      keyOf: ({ id }) => id,
      write: (batch) => records.putOpportunities(batch),
      ...behind,
    });
    this.#transactions = new WriteBehind({
      what: 'transactions',
      keyOf: ({ id }) => id,
      write: (batch) => records.putTransactions(batch),
      ...behind,
    });
    this.#progress = new WriteBehind({
      what: 'the last block',
      keyOf: () => 'last',
      write: async ([last]) => {
        if (last) await records.putProgress(chain.chainId, last.number, last.hash);
      },
      ...behind,
    });
  }

  start(healthChanged: () => void): void {
    this.#healthChanged = healthChanged;
    this.#startedAt = this.#options.clock.now();
    background('follow a chain', this.#begin(), this.#log);
  }

  health(): ComponentHealth {
    const status = this.#feed?.status();
    return {
      name: `chain:${this.#options.name}`,
      status: status?.status ?? 'DEGRADED',
      message: status ? status.message : 'it has not begun yet',
      startedAt: this.#startedAt,
      lastUpdate: status?.receivedAt ?? null,
      errorCount: (status?.errorCount ?? 0) + this.#failures.count + this.#engineFailures.count,
      recoveries: 0,
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#timers) cancel();
    await this.#feed?.stop();
    for (const publisher of [this.#status, this.#pools, this.#mev]) publisher.stop();
    // The last block last: what it told is there when it is said to be worked through.
    await Promise.all([this.#opportunities.close(), this.#transactions.close()]);
    await this.#progress.close();
  }

  async #begin(): Promise<void> {
    const { records, chain, clock, makeFeed, resumes } = this.#options;
    try {
      const after = resumes ? await records.progress(chain.chainId) : null;
      if (this.#stopped) return;
      await this.#price();
      this.#feed = makeFeed(after);
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'the last block cannot be read yet');
      if (!this.#stopped)
        this.#timers.push(clock.after(RETRY_MS, () => background('follow a chain', this.#begin(), this.#log)));
      return;
    }
    const feed = this.#feed;
    this.#timers.push(clock.every(PRICE_EVERY_MS, () => background('price the native coin', this.#price(), this.#log)));
    feed.start({
      event: (event) => this.#heard(event),
      statusChanged: () => {
        this.#status.publish(feed.status());
        this.#healthChanged();
      },
    });
  }

  /** What the native coin is worth, as `prices` knows it. */
  async #price(): Promise<void> {
    const { chain, clock } = this.#options;
    let found: Price | undefined;
    try {
      const all = await this.#latest.all(topics.prices);
      found = all.find(({ value }) => value.symbol === chain.nativeSymbol && value.primary && !value.stale)?.value;
    } catch (error) {
      this.#log.debug({ reason: messageOf(error) }, 'prices cannot be read');
    }
    if (!found || found.price === this.#nativePrice || this.#stopped) return;
    this.#nativePrice = found.price;
    const now = clock.now();
    this.#heard({
      kind: 'token-price',
      chainId: chain.chainId,
      token: chain.wrappedNative.toLowerCase(),
      usd: found.price,
      timestamp: found.timestamp,
      receivedAt: now,
    });
  }

  #heard(event: ChainEvent): void {
    if (this.#stopped && event.kind === 'token-price') return;
    let outputs: readonly ArbitrageOutput[] = [];
    try {
      outputs = this.#engine.process(event);
    } catch (error) {
      this.#engineFailures.note(error, { event: event.kind });
    }
    for (const output of outputs) this.#publish(output);
    if (event.kind === 'block') this.#progress.put({ number: event.number, hash: event.hash });
  }

  #publish(output: ArbitrageOutput): void {
    switch (output.kind) {
      case 'opportunity': {
        const opportunity = wired(output.opportunity);
        this.#events.publish(topics.opportunities, opportunity);
        this.#opportunities.put(opportunity);
        break;
      }
      case 'transaction': {
        const transaction = wired(output.transaction);
        this.#events.publish(topics.transactions, transaction);
        this.#transactions.put(transaction);
        break;
      }
      case 'pool-state':
        this.#pools.publish(wired(output.state));
        break;
      case 'pool-mev':
        this.#mev.publish(output.mev);
        break;
      case 'sandwich':
      case 'liquidation':
        // Counted in what is told of their pools.
        break;
    }
  }

  #republish(): void {
    for (const publisher of [this.#status, this.#pools, this.#mev]) publisher.republish();
  }
}
