import type { Bus } from '../../bus/bus.ts';
import { topics } from '../../bus/topics.ts';
import {
  type ArbitrageChain,
  type ArbitrageEngine,
  createArbitrageEngine,
} from '../../engines/arbitrage/arbitrage-engine.ts';
import { ContractEventsEngine, type WatchedContract } from '../../engines/contract-events/contract-events-engine.ts';
import type { ChainFeed } from '../../feeds/chain-feed.ts';
import { background } from '../../lib/background.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import type { Decimal } from '../../lib/decimal.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { BlockMined, ChainEvent } from '../../model/chain.ts';
import type { Address } from '../../model/identity.ts';
import type { BlockPlace, ChainLedger } from '../../store/arbitrage/chain-ledger.ts';
import type { ArchiveWriter } from '../../store/archive/archive-writer.ts';
import { Latest } from '../../store/latest.ts';
import { FailureLog } from '../failure-log.ts';
import { type ComponentHealth, defineWorker, type Worker } from '../worker.ts';
import { ChainOutlet } from './chain-outlet.ts';
import { type Corrections, EarlierLife } from './earlier-life.ts';
import { ReferencePrices } from './reference-prices.ts';

/** Where a feed begins. */
export interface FeedBeginning {
  /** Blocks that were worked through before, oldest first. */
  readonly after: readonly BlockPlace[];
  /** Pools that were known before. */
  readonly pools: readonly Address[];
}

export interface ChainWorkerOptions {
  readonly chain: ArbitrageChain & {
    readonly name: string;
    /** Tokens whose price is that of a symbol in `prices`, beside the native coin. */
    readonly references: readonly { readonly token: Address; readonly symbol: string }[];
  };
  /** Makes the feed, which is this worker's own. */
  readonly feed: (beginning: FeedBeginning) => ChainFeed;
  readonly contracts: readonly WatchedContract[];
  /** Dollars of tokens that no source prices. */
  readonly prices: readonly { readonly token: Address; readonly usd: Decimal }[];
  /** After gas, dollars: from here on an opportunity is one. */
  readonly minProfitUsd: Decimal;
  readonly bus: Bus;
  /** This worker's own. */
  readonly ledger: ChainLedger;
  readonly archive: ArchiveWriter;
  readonly clock: Clock;
  readonly log: Log;
  /** How long opportunities and transactions are kept, milliseconds. */
  readonly retentionMs: number;
}

/** Until what could not be loaded is asked for again, milliseconds. */
const RETRY_MS = 1_000;

/** Blocks that can be taken back: above the deepest reorganisation that is known of the chains we preset. */
const REORG_BLOCKS = 256;

/** Newest blocks by which a later life finds its place in the chain. */
const REMEMBERED_BLOCKS = 64;

/** Pools of an earlier life that are asked for at once. */
const MOST_POOLS = 5_000;

/** How often what is too old is deleted, milliseconds. */
const PRUNE_EVERY_MS = 3_600_000;

/**
 * One chain: its blocks, understood by the engines, on the bus and in PostgreSQL. It goes on from the block that was finished
 * last, takes back what blocks told that the chain has given up meanwhile, and reports as the component `chain:<chain id>`.
 */
export function createChainWorker(options: ChainWorkerOptions): Worker {
  const name = `chain:${options.chain.chainId}`;
  const worker = new ChainWorker(name, options);
  return defineWorker({
    name,
    start: (healthChanged) => worker.start(healthChanged),
    health: () => worker.health(),
    stop: () => worker.stop(),
  });
}

class ChainWorker {
  readonly #name: string;
  readonly #options: ChainWorkerOptions;
  readonly #log: Log;
  readonly #failures: FailureLog;
  readonly #engineFailures: FailureLog;
  readonly #outlet: ChainOutlet;
  readonly #contracts: ContractEventsEngine;
  readonly #references: ReferencePrices;
  /** Prices heard before there is an engine. */
  readonly #prices = new Map<string, Decimal>();
  readonly #timers: Cancel[] = [];
  #healthChanged: () => void = () => undefined;
  #startedAt = 0;
  #feed: ChainFeed | null = null;
  #earlier: EarlierLife | null = null;
  #engine: ArbitrageEngine | null = null;
  #blocks: BlockPlace[] = [];
  #recoveries = 0;
  #wasHealthy: boolean | null = null;
  #stopped = false;

  constructor(name: string, options: ChainWorkerOptions) {
    this.#name = name;
    this.#options = options;
    const { chain, bus, clock, archive, ledger, contracts } = options;
    this.#log = options.log.child({ worker: name });
    this.#failures = new FailureLog('the bus refused to publish', clock, this.#log);
    this.#engineFailures = new FailureLog('an engine failed on an event', clock, this.#log);
    this.#outlet = new ChainOutlet({ bus, archive, ledger, clock, failures: this.#failures });
    this.#contracts = new ContractEventsEngine({ contracts });
    const references = [{ token: chain.wrappedNative, symbol: chain.nativeSymbol }, ...chain.references];
    this.#references = new ReferencePrices(
      references.map(({ symbol }) => symbol),
      (symbol, usd) => {
        for (const reference of references) if (reference.symbol === symbol) this.#price(reference.token, usd);
      },
      { bus, clock, log: this.#log },
    );
  }

  start(healthChanged: () => void): void {
    this.#healthChanged = healthChanged;
    this.#startedAt = this.#options.clock.now();
    this.#outlet.start();
    for (const { token, usd } of this.#options.prices) this.#price(token, usd);
    this.#references.start();
    background('take up a chain', this.#load(), this.#log);
    const { clock } = this.#options;
    this.#timers.push(clock.every(PRUNE_EVERY_MS, () => background('prune', this.#prune(), this.#log)));
  }

  health(): ComponentHealth {
    const { ledger } = this.#options;
    const status = this.#feed?.status();
    const behind = ledger.failing
      ? `the database does not take what is written; what is live goes on${ledger.dropped > 0 ? `; ${ledger.dropped} values were dropped` : ''}`
      : '';
    const [health, message] =
      status === undefined
        ? (['DEGRADED', 'what was told before is being loaded'] as const)
        : status.status === 'HEALTHY' && behind !== ''
          ? (['DEGRADED', behind] as const)
          : ([status.status, status.message] as const);
    return {
      name: this.#name,
      status: health,
      message,
      startedAt: this.#startedAt,
      lastUpdate: status === undefined || status.head === null ? null : status.receivedAt,
      errorCount: (status?.errorCount ?? 0) + this.#failures.count + this.#engineFailures.count,
      recoveries: this.#recoveries,
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#timers) cancel();
    this.#references.stop();
    await this.#feed?.stop();
    this.#outlet.stop();
    await this.#options.ledger.close();
  }

  /** Tries until the database answers. */
  async #load(): Promise<void> {
    const { ledger, chain, feed, clock } = this.#options;
    try {
      const earlier = new EarlierLife(await ledger.earlier(chain.chainId, REORG_BLOCKS));
      const pools = await this.#knownPools();
      if (this.#stopped) return;
      this.#earlier = earlier;
      this.#blocks = [...earlier.blocks];
      this.#feed = feed({ after: earlier.blocks, pools });
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'what was told before cannot be loaded yet');
      if (!this.#stopped)
        this.#timers.push(clock.after(RETRY_MS, () => background('take up a chain', this.#load(), this.#log)));
      return;
    }
    this.#feed.start({ event: (event) => this.#heard(event), statusChanged: () => this.#statusChanged() });
    this.#statusChanged();
  }

  async #knownPools(): Promise<readonly Address[]> {
    const { bus, chain } = this.#options;
    const known = await new Latest(bus, this.#log).all(topics.pools);
    return known
      .filter(({ value }) => value.pool.chainId === chain.chainId)
      .sort((a, b) => b.value.blockNumber - a.value.blockNumber)
      .slice(0, MOST_POOLS)
      .map(({ value }) => value.pool.address);
  }

  #statusChanged(): void {
    const status = this.#feed?.status();
    if (status === undefined || this.#stopped) return;
    const healthy = status.status === 'HEALTHY';
    if (healthy && this.#wasHealthy === false) this.#recoveries++;
    // Before the first time there was nothing to come back to.
    if (healthy || this.#wasHealthy !== null) this.#wasHealthy = healthy;
    this.#outlet.status(status);
    this.#healthChanged();
  }

  #heard(event: ChainEvent): void {
    if (this.#stopped) return;
    if (event.kind === 'block-removed' && this.#engine === null) {
      this.#corrected(this.#earlier?.removed(event));
      this.#blocks = this.#blocks.filter(({ number }) => number < event.number);
      return;
    }
    this.#process(event);
    if (event.kind === 'block' || event.kind === 'block-removed') this.#stand(event.number, event);
    // Where it begins counts as finished: all that lies before is told by what pools hold.
    else if (event.kind === 'reserves') this.#stand(event.blockNumber, { ...event, hash: event.blockHash });
  }

  /** The blocks that are finished end with this one, or before it where it was removed. */
  #stand(
    number: number,
    { kind, hash, receivedAt: at }: Pick<BlockMined, 'hash' | 'receivedAt'> & Pick<ChainEvent, 'kind'>,
  ): void {
    const blocks = this.#blocks.filter((block) => block.number < number);
    if (kind !== 'block-removed') blocks.push({ number, hash });
    this.#blocks = blocks.slice(-REMEMBERED_BLOCKS);
    const { chain, ledger } = this.#options;
    ledger.finished({ chainId: chain.chainId, at, blocks: this.#blocks });
  }

  #process(event: ChainEvent): void {
    this.#engine ??= this.#begin(event);
    // An engine does not throw; if one does all the same, it must cost one event and not the process.
    try {
      for (const output of this.#engine.process(event)) this.#outlet.output(output);
      for (const told of this.#contracts.process(event)) this.#outlet.contractEvent(told);
    } catch (error) {
      this.#engineFailures.note(error, { event: event.kind });
    }
  }

  /** The engine goes on where the earlier life ended. */
  #begin({ timestamp, receivedAt }: ChainEvent): ArbitrageEngine {
    const { chain, minProfitUsd } = this.#options;
    this.#corrected(this.#earlier?.abandon({ timestamp, receivedAt }));
    const engine = createArbitrageEngine({
      chains: [chain],
      minProfitUsd,
      reorgBlocks: REORG_BLOCKS,
      told: this.#earlier?.told ?? new Map(),
      retracted: this.#earlier?.retracted ?? [],
    });
    for (const [token, usd] of this.#prices) engine.process(this.#priceEvent(token, usd));
    this.#earlier = null;
    return engine;
  }

  #corrected(corrections: Corrections | undefined): void {
    for (const told of corrections?.transactions ?? []) this.#outlet.transaction(told);
    for (const told of corrections?.opportunities ?? []) this.#outlet.opportunity(told);
  }

  #price(token: Address, usd: Decimal): void {
    const key = token.toLowerCase();
    if (this.#engine === null) this.#prices.set(key, usd);
    else this.#engine.process(this.#priceEvent(key, usd));
  }

  #priceEvent(token: string, usd: Decimal): ChainEvent {
    const now = this.#options.clock.now();
    const { chainId } = this.#options.chain;
    return { kind: 'token-price', chainId, token, usd, timestamp: now, receivedAt: now };
  }

  async #prune(): Promise<void> {
    const { ledger, clock, retentionMs } = this.#options;
    try {
      await ledger.prune(clock.now() - retentionMs);
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'what is too old could not be pruned');
    }
  }
}
