import { getAddress, padHex, toHex } from 'viem/utils';
import type { ArbitrageEngine } from '../../../src/engines/arbitrage/arbitrage-engine.ts';
import type { ArbitrageOutput } from '../../../src/engines/arbitrage/outputs.ts';
import { decimal } from '../../../src/lib/decimal.ts';
import { amountOut } from '../../../src/lib/finance/constant-product.ts';
import type { ArbitrageTransaction } from '../../../src/model/arbitrage-transaction.ts';
import type {
  BlockMined,
  BlockRemoved,
  ChainEvent,
  ChainLog,
  PoolListed,
  Receipt,
  ReservesRead,
  TokenPriceHeard,
} from '../../../src/model/chain.ts';
import { TOPIC } from '../../../src/model/chain-logs.ts';
import type { Opportunity } from '../../../src/model/opportunity.ts';
import { type Pool, poolName, type Token } from '../../../src/model/pool.ts';

const CHAIN = 56;
const START = Date.UTC(2026, 0, 1);
const BLOCK_MS = 3_000;
export const E18 = 10n ** 18n;
const GWEI = 10n ** 9n;

/** A readable address: `at(7)` ends with 7. */
export function at(number: number): string {
  return getAddress(padHex(toHex(number), { size: 20 }));
}

export function token(number: number, symbol: string | null, decimals = 18): Token {
  return { address: at(number), symbol, decimals };
}

export const WBNB = token(0x10, 'WBNB');
export const BUSD = token(0x20, 'BUSD');
export const CAKE = token(0x30, 'CAKE');
export const DOGE = token(0x40, 'DOGE', 8);
export const TRADER = at(0xaa);
export const BOT = at(0xb0);
export const ROUTER = at(0xee);

export const MONEY = {
  chainId: CHAIN,
  wrappedNative: WBNB.address,
  nativeSymbol: 'BNBUSDT',
  stablecoins: [BUSD.address],
  routers: [ROUTER.toLowerCase()],
};

/** @param tokens in the contract's order: the lower address first. */
export function pool(number: number, [token0, token1]: readonly [Token, Token], over: Partial<Pool> = {}): Pool {
  return {
    chainId: CHAIN,
    kind: 'V2',
    address: at(number),
    name: poolName(token0, token1),
    token0,
    token1,
    feePpm: 2_500,
    ...over,
  };
}

const times = (number: number) => ({
  timestamp: START + number * BLOCK_MS,
  receivedAt: START + number * BLOCK_MS + 40,
});

export function listed(of: Pool): PoolListed {
  return { kind: 'pool', chainId: of.chainId, pool: of, ...times(0) };
}

export function priced(of: Token, usd: string): TokenPriceHeard {
  return { kind: 'token-price', chainId: CHAIN, token: of.address.toLowerCase(), usd: decimal(usd), ...times(0) };
}

export type Reserves = readonly [pool: Pool, reserve0: bigint, reserve1: bigint];

export function read(number: number, ...reserves: readonly Reserves[]): ReservesRead {
  return {
    kind: 'reserves',
    chainId: CHAIN,
    blockNumber: number,
    blockHash: `0x${number}a`,
    gasPriceWei: GWEI,
    reserves: reserves.map(([of, reserve0, reserve1]) => ({ pool: of.address.toLowerCase(), reserve0, reserve1 })),
    ...times(number),
  };
}

/** @param fork tells blocks of one number apart. */
export function block(number: number, receipts: readonly Receipt[] = [], fork = 'a'): BlockMined {
  return {
    kind: 'block',
    chainId: CHAIN,
    number,
    hash: `0x${number}${fork}`,
    parentHash: `0x${number - 1}`,
    gasPriceWei: GWEI,
    receipts,
    ...times(number),
  };
}

export function removed(number: number, fork = 'a'): BlockRemoved {
  return { kind: 'block-removed', chainId: CHAIN, number, hash: `0x${number}${fork}`, ...times(number + 1) };
}

const words = (...values: readonly bigint[]) =>
  `0x${values.map((value) => BigInt.asUintN(256, value).toString(16).padStart(64, '0')).join('')}`;
const topic = (address: string) => padHex(address.toLowerCase() as `0x${string}`, { size: 32 });
const log = (address: string, topics: readonly string[], data: string): ChainLog => ({
  address: address.toLowerCase(),
  topics,
  data,
  index: 0,
});

export function transfer(of: Token, from: string, to: string, amount: bigint): ChainLog {
  return log(of.address, [TOPIC.transfer, topic(from), topic(to)], words(amount));
}

function sync(of: Pool, reserve0: bigint, reserve1: bigint): ChainLog {
  return log(of.address, [TOPIC.sync], words(reserve0, reserve1));
}

export interface SwapMade {
  readonly logs: readonly ChainLog[];
  readonly out: bigint;
  readonly after: Reserves;
}

/** The logs of a swap in a V2 pair, in the order in which its contract and tokens send them. */
export function swap(
  [of, reserve0, reserve1]: Reserves,
  tokenIn: Token,
  input: bigint,
  from: string,
  to: string,
): SwapMade {
  const zeroForOne = tokenIn === of.token0;
  const [reserveIn, reserveOut] = zeroForOne ? [reserve0, reserve1] : [reserve1, reserve0];
  const out = amountOut({ reserveIn, reserveOut, feePpm: of.feePpm }, input);
  const after: Reserves = zeroForOne ? [of, reserve0 + input, reserve1 - out] : [of, reserve0 - out, reserve1 + input];
  const amounts = zeroForOne ? [input, 0n, 0n, out] : [0n, input, out, 0n];
  const logs = [
    transfer(tokenIn, from, of.address, input),
    transfer(zeroForOne ? of.token1 : of.token0, of.address, to, out),
    sync(of, after[1], after[2]),
    log(of.address, [TOPIC.swapV2, topic(from), topic(to)], words(...amounts)),
  ];
  return { logs, out, after };
}

export function swapV3(of: Pool, amount0: bigint, amount1: bigint, from: string, to: string): ChainLog {
  return log(of.address, [TOPIC.swapV3, topic(from), topic(to)], words(amount0, amount1, 0n, 0n, 0n));
}

export function receipt(number: number, from: string, logs: readonly ChainLog[], over: Partial<Receipt> = {}): Receipt {
  return {
    txHash: padHex(toHex(number), { size: 32 }),
    txIndex: number,
    from: from.toLowerCase(),
    to: BOT.toLowerCase(),
    succeeded: true,
    gasUsed: 200_000n,
    gasPriceWei: GWEI,
    logs: logs.map((each, index) => ({ ...each, index })),
    ...over,
  };
}

/** A receipt by which somebody moved pools by swaps of their own, not as an arbitrage. */
export function moved(number: number, ...reserves: readonly Reserves[]): Receipt {
  return receipt(
    number,
    TRADER,
    reserves.map(([of, reserve0, reserve1]) => sync(of, reserve0, reserve1)),
  );
}

/** What all events but the last put out is dropped. */
export function outputsAfter(engine: ArbitrageEngine, ...events: readonly ChainEvent[]): readonly ArbitrageOutput[] {
  return events.map((event) => engine.process(event)).at(-1) ?? [];
}

export function opportunitiesAfter(engine: ArbitrageEngine, ...events: readonly ChainEvent[]): readonly Opportunity[] {
  return outputsAfter(engine, ...events).flatMap((output) =>
    output.kind === 'opportunity' ? [output.opportunity] : [],
  );
}

export function transactionsAfter(
  engine: ArbitrageEngine,
  ...events: readonly ChainEvent[]
): readonly ArbitrageTransaction[] {
  return outputsAfter(engine, ...events).flatMap((output) =>
    output.kind === 'transaction' ? [output.transaction] : [],
  );
}
