import type { Address } from '../../../model/identity.ts';
import { Random } from '../random.ts';
import { type Deployment, simulatedAddress } from './deployment.ts';
import type { FairPrices } from './fair-prices.ts';
import type { Holding, PoolLedger, Told } from './pool-ledger.ts';
import { bestRound } from './rings.ts';

/** What somebody had mined: what its receipt holds but for its place in the block. */
export interface Made {
  readonly from: Address;
  readonly to: Address;
  readonly gasUsed: bigint;
  /** Above the usual price of gas, per cent. */
  readonly bidPct: number;
  readonly logs: readonly Told[];
}

/** Small trades expected a second, and how large they are: of what a pool holds, millionths. */
const TRADES_A_SECOND = 1.5;
const SMALL = 40;

/** Large trades expected a second: the first cause of every opportunity. */
const LARGE_TRADES_A_SECOND = 0.2;
const LARGE_LEAST = 6_000;
const LARGE_MOST = 40_000;

/** How far beyond its fee a pool may lie from what its tokens are worth before somebody trades it back, as a fraction. */
const TOLERATED = 0.001;

/** Part of the distance that is traded back at a time: a price comes home in steps. */
const STEP_BACK = 0.5;

/** What becomes of a pool after a large trade: taken by arbitrage, traded back by others, or the rest: left alone. */
const TAKEN = 0.55;
const TRADED_BACK = 0.25;

/** Blocks until it happens, at most. Left alone: beyond the time after which an opportunity counts as expired. */
const TAKEN_WITHIN = 6;
const TRADED_BACK_WITHIN = 12;
const LEFT_ALONE = 115;

/** How often who arbitrages takes a part first. */
const IN_PARTS = 0.3;

/** Large trades that are seen before they are mined, and sandwiched. */
const SANDWICHED = 0.06;

const BOTS = 4;
const TRADERS = 40;

const TRADE_GAS = 118_000n;
const ROUND_GAS = 45_000;
const ROUND_GAS_A_SWAP = 71_000;

/** A pool that a large trade has moved, and what becomes of it. */
interface Displaced {
  readonly fate: 'taken' | 'traded back' | 'left alone';
  readonly block: number;
}

interface Bot {
  readonly owner: Address;
  readonly contract: Address;
}

/** Everybody who trades on one simulated chain: what they do follows from the seed alone. */
export class Traders {
  readonly #random: Random;
  readonly #ledger: PoolLedger;
  readonly #fair: FairPrices;
  readonly #router: Address;
  readonly #bots: readonly Bot[];
  readonly #traders: readonly Address[];
  readonly #displaced = new Map<Holding, Displaced>();

  constructor({ chainId, router }: Deployment, ledger: PoolLedger, fair: FairPrices, seed: number) {
    this.#random = new Random(`${seed}:${chainId}:traders`);
    this.#ledger = ledger;
    this.#fair = fair;
    this.#router = router;
    this.#bots = Array.from({ length: BOTS }, (_, index) => ({
      owner: simulatedAddress(chainId, `bot owner ${index}`),
      contract: simulatedAddress(chainId, `bot ${index}`),
    }));
    this.#traders = Array.from({ length: TRADERS }, (_, index) => simulatedAddress(chainId, `trader ${index}`));
  }

  /** What is mined in the next block, in its order; the ledger has moved with it. */
  *block(number: number, seconds: number): Generator<Made> {
    for (const [holding, { fate, block }] of this.#displaced) {
      if (block > number) continue;
      this.#displaced.delete(holding);
      if (fate === 'taken') yield* this.#arbitrage(holding, number);
    }
    for (let left = this.#random.poisson(LARGE_TRADES_A_SECOND * seconds); left > 0; left--)
      yield* this.#largeTrade(number);
    for (let left = this.#random.poisson(TRADES_A_SECOND * seconds); left > 0; left--) {
      const holding = this.#pick(this.#ledger.pools);
      const zeroForOne = this.#random.chance(0.5);
      const part = SMALL * Math.exp(this.#random.normal());
      yield this.#trade(holding, zeroForOne, partOf(this.#ledger, holding, part, zeroForOne));
    }
    for (const holding of this.#ledger.pools) yield* this.#tradeBack(holding);
  }

  *#largeTrade(number: number): Generator<Made> {
    const holding = this.#pick(this.#ledger.pools);
    if (this.#displaced.has(holding)) return;
    const zeroForOne = this.#random.chance(0.5);
    const part = LARGE_LEAST + this.#random.unit() ** 2 * (LARGE_MOST - LARGE_LEAST);
    const amount = partOf(this.#ledger, holding, part, zeroForOne);
    if (this.#random.chance(SANDWICHED)) yield* this.#sandwich(holding, zeroForOne, amount);
    else yield this.#trade(holding, zeroForOne, amount);
    const draw = this.#random.unit();
    const within = (blocks: number) => number + 1 + this.#random.below(blocks);
    this.#displaced.set(
      holding,
      draw < TAKEN
        ? { fate: 'taken', block: within(TAKEN_WITHIN) }
        : draw < TAKEN + TRADED_BACK
          ? { fate: 'traded back', block: within(TRADED_BACK_WITHIN) }
          : { fate: 'left alone', block: number + LEFT_ALONE },
    );
  }

  *#arbitrage(holding: Holding, number: number): Generator<Made> {
    const round = bestRound(this.#ledger, holding, (token) => this.#fair.usd(token));
    if (round === null) return;
    const bot = this.#pick(this.#bots);
    const inParts = this.#random.chance(IN_PARTS);
    let amount = inParts ? round.best.input / 3n : round.best.input;
    const logs: Told[] = [];
    for (const { holding: pool, zeroForOne } of round.legs) {
      const swapped = this.#ledger.swap(pool, zeroForOne, amount, bot.contract, bot.contract);
      logs.push(...swapped.logs);
      amount = swapped.amountOut;
    }
    if (inParts) this.#displaced.set(holding, { fate: 'taken', block: number + 1 + this.#random.below(TAKEN_WITHIN) });
    const gasUsed = BigInt(ROUND_GAS + ROUND_GAS_A_SWAP * round.legs.length + this.#random.below(9_000));
    yield { from: bot.owner, to: bot.contract, gasUsed, bidPct: 20 + this.#random.below(180), logs };
  }

  /** Bought before somebody's large trade, sold behind it: the trade pays for both. */
  *#sandwich(holding: Holding, zeroForOne: boolean, amount: bigint): Generator<Made> {
    const { owner: from, contract: to } = this.#pick(this.#bots);
    const swapped = (direction: boolean, input: bigint) => this.#ledger.swap(holding, direction, input, to, to);
    const front = swapped(zeroForOne, amount / 3n);
    yield { from, to, gasUsed: TRADE_GAS, bidPct: 300, logs: front.logs };
    yield this.#trade(holding, zeroForOne, amount);
    yield { from, to, gasUsed: TRADE_GAS, bidPct: 0, logs: swapped(!zeroForOne, front.amountOut).logs };
  }

  /** Whoever needs one of the tokens buys it where it is cheap. */
  *#tradeBack(holding: Holding): Generator<Made> {
    if (this.#displaced.has(holding)) return;
    const { token0, token1, pool } = holding;
    const away = this.#ledger.price(holding) / (this.#fair.usd(token0) / this.#fair.usd(token1)) - 1;
    const beyond = Math.abs(away) - pool.feePpm / 1_000_000;
    if (beyond < TOLERATED || this.#random.chance(0.5)) return;
    // Prices move by about twice the part of the pool that is traded.
    const part = (beyond * STEP_BACK * 1_000_000) / 2;
    yield this.#trade(holding, away > 0, partOf(this.#ledger, holding, part, away > 0));
  }

  #trade(holding: Holding, zeroForOne: boolean, amount: bigint): Made {
    const from = this.#pick(this.#traders);
    const { logs } = this.#ledger.swap(holding, zeroForOne, amount, from, from);
    return { from, to: this.#router, gasUsed: TRADE_GAS, bidPct: this.#random.below(15), logs };
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random.below(from.length)] as T;
  }
}

/** @param part of what the pool holds of the token that goes in, millionths. */
function partOf(ledger: PoolLedger, holding: Holding, part: number, zeroForOne: boolean): bigint {
  const { reserveIn } = ledger.hop(holding, zeroForOne);
  return (reserveIn * BigInt(Math.max(1, Math.round(part)))) / 1_000_000n;
}
