import { type ArbitrageEngine, createArbitrageEngine } from '../../../src/engines/arbitrage/arbitrage-engine.ts';
import type { ChainLog } from '../../../src/model/chain.ts';
import {
  BOT,
  BUSD,
  E18,
  listed,
  MONEY,
  pool,
  priced,
  type Reserves,
  read,
  swap,
  TRADER,
  WBNB,
} from './chain-events.ts';

/** Two pools of one pair, with different fees. */
export const A = pool(0x101, [WBNB, BUSD]);
export const B = pool(0x102, [WBNB, BUSD], { feePpm: 3_000 });
export const BALANCED_A: Reserves = [A, 1_000n * E18, 600_000n * E18];
export const BALANCED_B: Reserves = [B, 2_000n * E18, 1_200_000n * E18];
/** Somebody has sold 50 WBNB to A: it is cheap there now. */
export const MOVED_A = swap(BALANCED_A, WBNB, 50n * E18, TRADER, TRADER).after;

/** What is said of them first: both in balance, WBNB at 600 dollars. */
export const BEGINNING = [priced(WBNB, '600'), listed(A), listed(B), read(1, BALANCED_A, BALANCED_B)];

export function startedEngine(): ArbitrageEngine {
  const engine = createArbitrageEngine({ chains: [MONEY] });
  for (const event of BEGINNING) engine.process(event);
  return engine;
}

/** The bot buys in A what the opportunity says, and sells it in B. */
export function taking(input: bigint): { readonly logs: readonly ChainLog[]; readonly profit: bigint } {
  const first = swap(MOVED_A, BUSD, input, BOT, BOT);
  const second = swap(BALANCED_B, WBNB, first.out, BOT, BOT);
  return { logs: [...first.logs, ...second.logs], profit: second.out - input };
}
