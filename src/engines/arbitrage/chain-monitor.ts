import { getAddress } from 'viem/utils';
import {
  type ArbitrageTransaction,
  type RetractedTransaction,
  type Sandwich,
  transactionMeasures,
} from '../../model/arbitrage-transaction.ts';
import type { BlockMined, BlockRemoved, Hex } from '../../model/chain.ts';
import type { Pool } from '../../model/pool.ts';
import { liquidationsOf } from './liquidations.ts';
import type { ArbitrageOutput } from './outputs.ts';
import { type BlockMev, count, MevWindow } from './pool-mev.ts';
import type { Taker } from './pool-scanner.ts';
import { remember } from './remember.ts';
import { roundsOf } from './rounds.ts';
import { type SandwichFound, sandwichesOf } from './sandwiches.ts';
import { type Swap, swapsOf } from './swaps.ts';
import type { TokenPrices } from './token-prices.ts';
import { transactionOf } from './transaction-noun.ts';

export interface MonitorOptions {
  readonly chainId: number;
  /** Contracts that swap for everybody, lower case: being paid out by them says nothing of who traded. */
  readonly routers: readonly Hex[];
  /** Blocks that can be taken back. */
  readonly reorgBlocks: number;
  /** Transactions that stand retracted since an earlier life. */
  readonly retracted: readonly RetractedTransaction[];
}

/** What one block held. */
export interface BlockReading {
  readonly takers: readonly Taker[];
  readonly outputs: readonly ArbitrageOutput[];
  /** Tokens seen to keep a part of a transfer. */
  readonly taxed: readonly Hex[];
}

/** Reads the transactions of one chain: who made rounds, who was sandwiched, whose loan was ended. */
export class ChainMonitor {
  readonly #options: MonitorOptions;
  readonly #prices: TokenPrices;
  readonly #routers: ReadonlySet<Hex>;
  readonly #pools = new Map<Hex, Pool>();
  readonly #mev = new MevWindow();
  readonly #blocks: { readonly hash: Hex; readonly told: ArbitrageTransaction[] }[] = [];
  /** Those that stand retracted, by hash: mined again, they are the same transaction. */
  readonly #retracted = new Map<Hex, RetractedTransaction>();

  constructor(options: MonitorOptions, prices: TokenPrices) {
    this.#options = options;
    this.#prices = prices;
    this.#routers = new Set(options.routers);
    for (const transaction of options.retracted) remember(this.#retracted, transaction.txHash, transaction);
  }

  list(pool: Pool): void {
    this.#pools.set(pool.address.toLowerCase(), pool);
  }

  block(block: BlockMined): BlockReading {
    const takers: Taker[] = [];
    const outputs: ArbitrageOutput[] = [];
    const taxed: Hex[] = [];
    const all: Swap[] = [];
    const mev: BlockMev = new Map();
    for (const receipt of block.receipts) {
      if (!receipt.succeeded) continue;
      const liquidations = liquidationsOf(receipt, this.#options.chainId, block.number);
      for (const liquidation of liquidations) outputs.push({ kind: 'liquidation', liquidation });
      const read = swapsOf(receipt, (address) => this.#pools.get(address));
      taxed.push(...read.taxed);
      all.push(...read.swaps);
      for (const swap of read.swaps) {
        count(mev, swap.address, swap.pool, 'swaps');
        if (liquidations.length > 0) count(mev, swap.address, swap.pool, 'liquidationSwaps');
      }
      const rounds = roundsOf(read.swaps);
      if (rounds.length === 0) continue;
      for (const { swaps } of rounds) for (const swap of swaps) count(mev, swap.address, swap.pool, 'arbitrageSwaps');
      const before = this.#retracted.get(receipt.txHash) ?? null;
      this.#retracted.delete(receipt.txHash);
      takers.push({ transaction: transactionOf(receipt, block, read.swaps, rounds, this.#prices, before), rounds });
    }
    for (const found of sandwichesOf(all, this.#routers)) {
      const { front, victims } = found;
      count(mev, front.address, front.pool, 'sandwiches');
      count(mev, front.address, front.pool, 'sandwichedSwaps', victims.length);
      outputs.push({ kind: 'sandwich', sandwich: this.#sandwich(found, block.number) });
    }
    for (const counted of this.#mev.add(block.number, mev, block)) outputs.push({ kind: 'pool-mev', mev: counted });
    this.#blocks.push({ hash: block.hash, told: [] });
    if (this.#blocks.length > this.#options.reorgBlocks) this.#blocks.shift();
    return { takers, outputs, taxed };
  }

  /** Puts out a transaction of the newest block, which may be retracted from now on. */
  tell(transaction: ArbitrageTransaction): ArbitrageOutput {
    this.#blocks.at(-1)?.told.push(transaction);
    return { kind: 'transaction', transaction };
  }

  /** Takes back the newest block. */
  removed(event: BlockRemoved): readonly ArbitrageOutput[] {
    const last = this.#blocks.at(-1);
    if (last === undefined || last.hash !== event.hash) return [];
    this.#blocks.pop();
    const outputs: ArbitrageOutput[] = last.told.map((told) => {
      const { timestamp, receivedAt } = event;
      const [version, before] = [told.version + 1, transactionMeasures(told)];
      const transaction = { ...told, version, before, retracted: true, timestamp, receivedAt };
      remember(this.#retracted, told.txHash, transaction);
      return { kind: 'transaction', transaction };
    });
    for (const mev of this.#mev.remove(event.number, event)) outputs.push({ kind: 'pool-mev', mev });
    return outputs;
  }

  #sandwich({ front, back, victims, profit }: SandwichFound, blockNumber: number): Sandwich {
    return {
      chainId: this.#options.chainId,
      blockNumber,
      pool: front.pool.address,
      account: getAddress(front.to),
      frontTxHash: front.txHash,
      backTxHash: back.txHash,
      victimTxHashes: [...new Set(victims.map(({ txHash }) => txHash))],
      token: getAddress(front.tokenIn),
      profit,
    };
  }
}
