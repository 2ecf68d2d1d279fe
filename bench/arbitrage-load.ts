import type { ArbitrageChain } from '../src/engines/arbitrage/arbitrage-engine.ts';
import { decimal } from '../src/lib/decimal.ts';
import { amountOut } from '../src/lib/finance/constant-product.ts';
import type { ChainEvent, ChainLog, Receipt } from '../src/model/chain.ts';
import { TOPIC } from '../src/model/chain-logs.ts';
import { type Pool, poolName, type Token } from '../src/model/pool.ts';
import { mulberry32 } from './mulberry32.ts';

export const POOLS = 5_000;
export const TOKENS = 500;
export const SYNCS_A_BLOCK = 100;
export const BLOCKS_A_ROUND = 20;

/** Tokens that most pools have on one side, in a market as real ones are: native coin, dollars, and the like. */
const HUBS = 6;
const CHAIN_ID = 56;
const E18 = 10n ** 18n;
const GWEI = 10n ** 9n;

interface Market {
  readonly pool: Pool;
  readonly key: string;
  reserve0: bigint;
  reserve1: bigint;
}

/** `hubs`: most pools have one of a few tokens on one side. `even`: any two. `turmoil`: hubs, and nobody brings prices back. */
export type MarketKind = 'hubs' | 'even' | 'turmoil';

/** Of a pool's depth, millionths: most trades, and one in fifty. */
const USUAL_TRADE = 500;
const LARGE_TRADE = 30_000;

/** How far a pool may lie from the fair price before the next trade brings it back, as arbitrage does. */
const TOLERATED = 0.001;

/**
 * A made-up market in which everything has a fair price. Trades move pools about it, and large ones away from it, until the
 * next block or two bring them back; in turmoil all trades are large, half of them go any way they like, and nobody looks.
 */
export class ArbitrageLoad {
  readonly chain: ArbitrageChain;
  readonly #random = mulberry32(7);
  readonly #tokens: readonly Token[];
  /** Dollars of one token; whole thousandths, so that reserves come out even. */
  readonly #fair: readonly number[];
  readonly #pools: readonly Market[];
  readonly #kind: MarketKind;
  /** Pools that a large trade has moved away. */
  readonly #away: Market[] = [];
  #number = 1;

  constructor(kind: MarketKind) {
    this.#kind = kind;
    this.#tokens = Array.from({ length: TOKENS }, (_, index) => ({
      address: hex(0x10_0000 + index * 16, 20),
      symbol: `T${index}`,
      decimals: 18,
    }));
    this.#fair = this.#tokens.map((_, index) => (index < 2 ? ([600, 1][index] ?? 1) : 0.01 + this.#random() * 100));
    const [native, dollar] = this.#tokens.map(({ address }) => address);
    this.chain = {
      chainId: CHAIN_ID,
      wrappedNative: native ?? '',
      nativeSymbol: 'BNBUSDT',
      stablecoins: [dollar ?? ''],
      routers: [],
    };
    this.#pools = Array.from({ length: POOLS }, (_, index) => this.#pool(index, kind));
  }

  start(): readonly ChainEvent[] {
    const at = { chainId: CHAIN_ID, timestamp: 0, receivedAt: 0 };
    const listed = this.#pools.map(({ pool }): ChainEvent => ({ kind: 'pool', pool, ...at }));
    const reserves = this.#pools.map(({ key, reserve0, reserve1 }) => ({ pool: key, reserve0, reserve1 }));
    return [
      { kind: 'token-price', token: this.chain.wrappedNative.toLowerCase(), usd: decimal('600'), ...at },
      ...listed,
      { kind: 'reserves', blockNumber: 1, blockHash: '0x1', gasPriceWei: GWEI, reserves, ...at },
    ];
  }

  /** The blocks of one round. Made before the clock runs. */
  round(): readonly ChainEvent[] {
    return Array.from({ length: BLOCKS_A_ROUND }, (): ChainEvent => {
      const number = ++this.#number;
      const receipts = Array.from({ length: SYNCS_A_BLOCK }, (_, index) => this.#trade(index));
      return {
        kind: 'block',
        chainId: CHAIN_ID,
        number,
        hash: `0x${number}`,
        parentHash: `0x${number - 1}`,
        gasPriceWei: GWEI,
        receipts,
        timestamp: number,
        receivedAt: number,
      };
    });
  }

  #pool(index: number, kind: MarketKind): Market {
    const pick = (below: number) => Math.floor(this.#random() * below);
    const first = kind !== 'even' && index % 5 !== 0 ? pick(HUBS) : pick(TOKENS);
    let second = pick(TOKENS);
    while (second === first) second = pick(TOKENS);
    const [low, high] = first < second ? [first, second] : [second, first];
    const [token0, token1] = [this.#tokens[low] as Token, this.#tokens[high] as Token];
    const address = hex(0x9000_0000 + index, 20);
    const feePpm = [2_000, 2_500, 3_000][index % 3] as number;
    const pool: Pool = {
      chainId: CHAIN_ID,
      kind: 'V2',
      address,
      name: poolName(token0, token1),
      token0,
      token1,
      feePpm,
    };
    const depth = 10_000 + this.#random() * 1_000_000;
    const side = (token: number) =>
      (BigInt(Math.round((depth / (this.#fair[token] as number)) * 1e6)) * E18) / 1_000_000n;
    return { pool, key: address.toLowerCase(), reserve0: side(low), reserve1: side(high) };
  }

  #trade(index: number): Receipt {
    const turmoil = this.#kind === 'turmoil';
    const waiting = this.#random() < 0.5 ? this.#away.shift() : undefined;
    const market = waiting ?? (this.#pools[Math.floor(this.#random() * POOLS)] as Market);
    const { pool, reserve0, reserve1 } = market;
    const ratio = Number(reserve1) / Number(reserve0);
    const away = ratio / (this.#fairOf(pool.token0) / this.#fairOf(pool.token1)) - 1;
    const back = Math.abs(away) > TOLERATED && (!turmoil || this.#random() < 0.5);
    const zeroForOne = back ? away > 0 : this.#random() < 0.5;
    const large = turmoil || this.#random() < 0.02;
    // Half of the distance on each side brings a price back.
    const most = back ? Math.min(LARGE_TRADE, Math.abs(away) * 500_000) : large ? LARGE_TRADE : USUAL_TRADE;
    const part = BigInt(1 + Math.floor((back && !turmoil ? 1 : this.#random()) * most));
    if (large && !back && !turmoil) this.#away.push(market);
    const [reserveIn, reserveOut] = zeroForOne ? [reserve0, reserve1] : [reserve1, reserve0];
    const input = (reserveIn * part) / 1_000_000n;
    const out = amountOut({ reserveIn, reserveOut, feePpm: pool.feePpm }, input);
    [market.reserve0, market.reserve1] = zeroForOne
      ? [reserve0 + input, reserve1 - out]
      : [reserve0 - out, reserve1 + input];
    const amounts = zeroForOne ? [input, 0n, 0n, out] : [0n, input, out, 0n];
    const trader = hex(0xaa, 32);
    const pair = `0x${pool.address.slice(2).padStart(64, '0')}`;
    const [tokenIn, tokenOut] = zeroForOne ? [pool.token0, pool.token1] : [pool.token1, pool.token0];
    const logs: ChainLog[] = [
      log(tokenIn.address, [TOPIC.transfer, trader, pair], [input], index * 4),
      log(tokenOut.address, [TOPIC.transfer, pair, trader], [out], index * 4 + 1),
      log(pool.address, [TOPIC.sync], [market.reserve0, market.reserve1], index * 4 + 2),
      log(pool.address, [TOPIC.swapV2, trader, trader], amounts, index * 4 + 3),
    ];
    return {
      txHash: hex(this.#number * 1_000 + index, 32),
      txIndex: index,
      from: `0x${trader.slice(26)}`,
      to: null,
      succeeded: true,
      gasUsed: 150_000n,
      gasPriceWei: GWEI,
      logs,
    };
  }

  #fairOf(token: Token): number {
    return this.#fair[this.#tokens.indexOf(token)] as number;
  }
}

/** A number as so many bytes. */
function hex(value: number, bytes: number): string {
  return `0x${value.toString(16).padStart(2 * bytes, '0')}`;
}

function log(address: string, topics: readonly string[], values: readonly bigint[], index: number): ChainLog {
  const data = `0x${values.map((value) => value.toString(16).padStart(64, '0')).join('')}`;
  return { address: address.toLowerCase(), topics, data, index };
}
