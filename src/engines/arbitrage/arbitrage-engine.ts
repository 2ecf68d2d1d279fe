import type { Decimal } from '../../lib/decimal.ts';
import type { RetractedTransaction } from '../../model/arbitrage-transaction.ts';
import type { BlockMined, BlockRemoved, ChainEvent, ChainMoney, Hex } from '../../model/chain.ts';
import { MAX_TOKEN_DECIMALS, type Pool } from '../../model/pool.ts';
import { ChainMonitor } from './chain-monitor.ts';
import type { ArbitrageOutput } from './outputs.ts';
import { PoolScanner, type ScannerOptions } from './pool-scanner.ts';
import { TokenPrices } from './token-prices.ts';

/** What the engine must know of a chain that it follows. */
export interface ArbitrageChain extends ChainMoney {
  /** Contracts that swap for everybody, lower case. */
  readonly routers: readonly Hex[];
}

export interface ArbitrageEngineOptions extends Partial<ScannerOptions> {
  readonly chains: readonly ArbitrageChain[];
  /** Transactions that an earlier life has told as retracted: mined again, they count on from there. */
  readonly retracted?: readonly RetractedTransaction[];
}

export interface ArbitrageEngine {
  process(event: ChainEvent): readonly ArbitrageOutput[];
}

const DEFAULTS: ScannerOptions = {
  minProfitUsd: '1' as Decimal,
  updatePct: 1,
  expiryBlocks: 100,
  // Two epochs of Ethereum, after which a block is final; Polygon has gone back further than any other, 157 blocks.
  reorgBlocks: 256,
  told: new Map(),
};

const TAXED = 'a token of this pool keeps a part of each transfer';
const NOTHING: readonly ArbitrageOutput[] = [];

/**
 * Opportunities and the transactions that take them, of any number of chains, each by itself.
 *
 * The same events give the same outputs. A block heard before (by its hash) changes nothing; one that does not come above
 * the head is ignored, for a block is taken back by its removal alone. Events of a chain that was not named are ignored.
 */
export function createArbitrageEngine(options: ArbitrageEngineOptions): ArbitrageEngine {
  const { chains, retracted = [], ...chosen } = options;
  const settings = { ...DEFAULTS, ...chosen };
  const followed = new Map(chains.map((chain) => [chain.chainId, new FollowedChain(chain, settings, retracted)]));
  return { process: (event) => followed.get(event.chainId)?.process(event) ?? NOTHING };
}

class FollowedChain {
  readonly #prices: TokenPrices;
  readonly #monitor: ChainMonitor;
  readonly #scanner: PoolScanner;
  /** Newest block taken in; null before the first. */
  #head: number | null = null;

  constructor(chain: ArbitrageChain, settings: ScannerOptions, retracted: readonly RetractedTransaction[]) {
    const { chainId, routers } = chain;
    this.#prices = new TokenPrices(chain);
    const { reorgBlocks } = settings;
    const ours = retracted.filter((transaction) => transaction.chainId === chainId);
    this.#monitor = new ChainMonitor({ chainId, routers, reorgBlocks, retracted: ours }, this.#prices);
    this.#scanner = new PoolScanner(settings, this.#prices);
  }

  process(event: ChainEvent): readonly ArbitrageOutput[] {
    switch (event.kind) {
      case 'pool':
        return this.#list(event.pool);
      case 'token-price':
        this.#prices.set(event.token, event.usd);
        this.#scanner.price(event.token, event.usd);
        return NOTHING;
      case 'reserves':
        // What was read below the head is older than what the logs have told since.
        return this.#head !== null && event.blockNumber < this.#head ? NOTHING : this.#scanner.reserves(event);
      case 'block':
        return this.#block(event);
      case 'block-removed':
        return this.#removed(event);
    }
  }

  #list(pool: Pool): readonly ArbitrageOutput[] {
    // A wrong number of places would make a wrong profit of right amounts.
    if (!hasSaneDecimals(pool)) return NOTHING;
    this.#monitor.list(pool);
    this.#scanner.list(pool);
    return NOTHING;
  }

  #block(event: BlockMined): readonly ArbitrageOutput[] {
    if (this.#head !== null && event.number <= this.#head) return NOTHING;
    this.#head = event.number;
    const { takers, outputs, taxed } = this.#monitor.block(event);
    for (const token of taxed) this.#scanner.exclude(token, TAXED);
    const scanned = this.#scanner.block(event, takers);
    const takenBy = new Map<Hex, string>();
    for (const output of scanned)
      if (output.kind === 'opportunity' && output.opportunity.captureTxHash !== null)
        takenBy.set(output.opportunity.captureTxHash, output.opportunity.id);
    const transactions = takers.map(({ transaction }) =>
      this.#monitor.tell({ ...transaction, opportunityId: takenBy.get(transaction.txHash) ?? null }),
    );
    return [...transactions, ...scanned, ...outputs];
  }

  #removed(event: BlockRemoved): readonly ArbitrageOutput[] {
    if (event.number !== this.#head) return NOTHING;
    const outputs = [...this.#monitor.removed(event), ...this.#scanner.removed(event)];
    this.#head = event.number - 1;
    return outputs;
  }
}

function hasSaneDecimals({ token0, token1 }: Pool): boolean {
  return [token0, token1].every(({ decimals }) => decimals >= 0 && decimals <= MAX_TOKEN_DECIMALS);
}
