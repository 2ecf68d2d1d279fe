import { keccak256, stringToHex } from 'viem/utils';
import type { Cancel, Clock } from '../../../lib/clock.ts';
import { decimal } from '../../../lib/decimal.ts';
import type { Log } from '../../../lib/log.ts';
import type { ChainStatus, Hex, Receipt } from '../../../model/chain.ts';
import type { ChainFeed, ChainFeedSink } from '../../chain-feed.ts';
import type { EvmChain } from '../../chains.ts';
import { Random } from '../random.ts';
import { TICK_MS } from '../simulation.ts';
import { type Deployment, deploymentOf, type SimulatedToken } from './deployment.ts';
import { FairPrices } from './fair-prices.ts';
import { PoolLedger } from './pool-ledger.ts';
import { type Made, Traders } from './traders.ts';

/** Blocks made in one go by a process that was busy. */
const BLOCKS_A_RUN = 5;

/** Blocks behind after which the chain is taken to have stood still. */
const BLOCKS_BEHIND = 100;

/** Blocks between two tellings of what tokens are worth that no venue lists. */
const PRICE_BLOCKS = 5;

/** Places of a price that is told. */
const PRICE_PLACES = 8;

/** How often the newest block is replaced by another one. */
const REORGANISED = 0.004;

export interface SimulatedChainOptions {
  readonly chain: Pick<EvmChain, 'chainId' | 'name' | 'blockMs'>;
  /** The same seed gives the same trades in the same order. */
  readonly seed: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** A transaction with what pools held after it. */
interface Mined {
  readonly made: Made;
  readonly txHash: Hex;
  readonly held: ReturnType<PoolLedger['snapshot']>;
}

interface Block {
  readonly number: number;
  readonly hash: Hex;
  readonly timestamp: number;
  readonly gasPriceWei: bigint;
  readonly mined: readonly Mined[];
  readonly heldBefore: ReturnType<PoolLedger['snapshot']>;
}

/**
 * A chain in a box: constant-product pools at two or three exchanges, people who trade in them, and bots who arbitrage.
 * What it tells are receipts and logs as a node would give them. All of it follows from the seed and from how many blocks
 * have passed since the start. Blocks are numbered from the time of the start on: a later life never repeats a number.
 *
 * @throws Error for a chain that is not simulated.
 */
export function createSimulatedChain(options: SimulatedChainOptions): ChainFeed {
  return new SimulatedChain(options, deploymentOf(options.chain.chainId));
}

class SimulatedChain implements ChainFeed {
  readonly name: string;
  readonly chainId: number;
  readonly #options: SimulatedChainOptions;
  readonly #deployment: Deployment;
  readonly #random: Random;
  readonly #fair: FairPrices;
  readonly #ledger: PoolLedger;
  readonly #traders: Traders;
  #sink: ChainFeedSink | null = null;
  #cancel: Cancel = () => undefined;
  #state: 'new' | 'live' | 'stopped' = 'new';
  /** Time and number of the first block. */
  #originMs = 0;
  #origin = 0;
  /** Blocks since. */
  #blocks = 0;
  #last: Block | null = null;
  #lastHash: Hex = '';
  #heardAt = 0;
  #reorgs = 0;

  constructor(options: SimulatedChainOptions, deployment: Deployment) {
    const { chainId } = options.chain;
    const { seed } = options;
    this.name = `simulated:${chainId}`;
    this.chainId = chainId;
    this.#options = options;
    this.#deployment = deployment;
    this.#random = new Random(`${seed}:${chainId}:chain`);
    this.#fair = new FairPrices(deployment.tokens, chainId, seed);
    this.#ledger = new PoolLedger(deployment.pools, (token) => this.#fair.usd(token));
    this.#traders = new Traders(deployment, this.#ledger, this.#fair, seed);
  }

  start(sink: ChainFeedSink): void {
    if (this.#state !== 'new') throw new Error('a feed is started once');
    const { clock, chain, log } = this.#options;
    this.#sink = sink;
    this.#state = 'live';
    this.#originMs = clock.now();
    this.#origin = Math.floor(this.#originMs / chain.blockMs);
    this.#lastHash = this.#hashOf(this.#origin, 0);
    const at = this.#at(this.#originMs);
    for (const { pool } of this.#ledger.pools) sink.event({ kind: 'pool', pool, ...at });
    for (const token of this.#deployment.tokens) this.#tellPrice(token, this.#originMs);
    const reserves = this.#ledger.pools.map(({ pool, reserve0, reserve1 }) => ({
      pool: pool.address.toLowerCase(),
      reserve0,
      reserve1,
    }));
    const { gasPriceWei } = this.#deployment;
    const [blockNumber, blockHash] = [this.#origin, this.#lastHash];
    sink.event({ kind: 'reserves', blockNumber, blockHash, gasPriceWei, reserves, ...at });
    sink.statusChanged();
    this.#cancel = clock.every(chain.blockMs, () => this.#run());
    log.info({ feed: this.name, pools: reserves.length }, 'simulated chain is running');
  }

  status(): ChainStatus {
    const { chain, clock } = this.#options;
    const isLive = this.#state === 'live';
    const timestamp = this.#last?.timestamp ?? (this.#originMs || clock.now());
    return {
      chainId: chain.chainId,
      name: chain.name,
      source: 'simulated',
      status: isLive ? 'HEALTHY' : 'DOWN',
      message: isLive ? '' : 'it does not run',
      head: isLive ? this.#origin + this.#blocks : null,
      headHash: isLive ? this.#lastHash : null,
      lagMs: this.#last === null ? null : this.#heardAt - timestamp,
      reorgs: this.#reorgs,
      lastReorgDepth: this.#reorgs === 0 ? null : 1,
      errorCount: 0,
      poolCount: this.#ledger.pools.length,
      stale: !isLive,
      timestamp,
      receivedAt: this.#heardAt || clock.now(),
    };
  }

  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#cancel();
    this.#sink = null;
  }

  #run(): void {
    const { clock, chain, log } = this.#options;
    let due = Math.floor((clock.now() - this.#originMs) / chain.blockMs) - this.#blocks;
    if (Math.abs(due) > BLOCKS_BEHIND) {
      log.warn({ feed: this.name, blocks: due }, 'time has jumped; the simulated chain stood still meanwhile');
      this.#originMs += (due - 1) * chain.blockMs;
      due = 1;
    }
    for (let left = Math.min(due, BLOCKS_A_RUN); left > 0 && this.#sink !== null; left--) this.#next();
  }

  #next(): void {
    if (this.#last !== null && this.#random.chance(REORGANISED)) this.#replace(this.#last);
    const { chain, seed } = this.#options;
    this.#blocks++;
    const number = this.#origin + this.#blocks;
    const timestamp = this.#originMs + this.#blocks * chain.blockMs;
    this.#fair.advance(Math.floor((this.#blocks * chain.blockMs) / TICK_MS));
    if (this.#blocks % PRICE_BLOCKS === 0)
      for (const token of this.#deployment.tokens) if ('usd' in token.worth) this.#tellPrice(token, timestamp);
    const heldBefore = this.#ledger.snapshot();
    const gasPriceWei = (this.#deployment.gasPriceWei * BigInt(85 + this.#random.below(60))) / 100n;
    const mined: Mined[] = [];
    for (const made of this.#traders.block(number, chain.blockMs / 1_000)) {
      const txHash = keccak256(stringToHex(`${seed}:${this.chainId}:${number}:${mined.length}`));
      mined.push({ made, txHash, held: this.#ledger.snapshot() });
    }
    this.#tell({ number, hash: this.#hashOf(number, 0), timestamp, gasPriceWei, mined, heldBefore });
  }

  /** Another block of the same number takes the newest one's place: with its transactions but the last, as if it came too late. */
  #replace(block: Block): void {
    const { number, hash, timestamp, gasPriceWei, heldBefore } = block;
    const mined = block.mined.slice(0, -1);
    this.#reorgs++;
    this.#ledger.restore(mined.at(-1)?.held ?? heldBefore);
    this.#sink?.event({ kind: 'block-removed', number, hash, ...this.#at(timestamp) });
    this.#lastHash = this.#hashOf(number - 1, 0);
    this.#tell({ number, hash: this.#hashOf(number, 1), timestamp, gasPriceWei, mined, heldBefore });
  }

  #tell(block: Block): void {
    const { number, hash, timestamp, gasPriceWei, mined } = block;
    let index = 0;
    const receipts = mined.map(({ made, txHash }, txIndex): Receipt => {
      const { from, to, gasUsed, bidPct, logs } = made;
      return {
        txHash,
        txIndex,
        from: from.toLowerCase(),
        to: to.toLowerCase(),
        succeeded: true,
        gasUsed,
        gasPriceWei: (gasPriceWei * BigInt(100 + bidPct)) / 100n,
        logs: logs.map((log) => ({ ...log, index: index++ })),
      };
    });
    const parentHash = this.#lastHash;
    this.#last = block;
    this.#lastHash = hash;
    this.#sink?.event({ kind: 'block', number, hash, parentHash, gasPriceWei, receipts, ...this.#at(timestamp) });
    this.#sink?.statusChanged();
  }

  #tellPrice(token: SimulatedToken, timestamp: number): void {
    const usd = decimal(this.#fair.usd(token).toFixed(PRICE_PLACES));
    this.#sink?.event({ kind: 'token-price', token: token.address.toLowerCase(), usd, ...this.#at(timestamp) });
  }

  /** @param fork tells blocks of one number apart. */
  #hashOf(number: number, fork: number): Hex {
    return keccak256(stringToHex(`${this.#options.seed}:${this.chainId}:block:${number}:${fork}`));
  }

  #at(timestamp: number): { readonly chainId: number; readonly timestamp: number; readonly receivedAt: number } {
    this.#heardAt = this.#options.clock.now();
    return { chainId: this.chainId, timestamp, receivedAt: this.#heardAt };
  }
}
