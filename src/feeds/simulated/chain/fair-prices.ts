import { marketsOf } from '../markets.ts';
import { PriceProcess } from '../price-process.ts';
import { Random } from '../random.ts';
import { MINUTES_BEFORE, STEPS_A_MINUTE, TICK_MS } from '../simulation.ts';
import type { SimulatedToken } from './deployment.ts';

/** Ticks in a dollar of a token that no venue lists. */
const TICKS_A_DOLLAR = 1_000_000;

/** Of tokens that no venue lists: annualised, as a fraction. */
const VOLATILITY = 0.9;

const DOLLAR_TICKS = 1;

interface Fair {
  readonly process: PriceProcess;
  readonly ticksADollar: number;
}

/**
 * What tokens are worth to those who trade them. Of one that the simulated venue lists, what it is worth there: the same
 * process from the same seed, tick by tick, so that pools and order books agree without having to hear of each other.
 */
export class FairPrices {
  readonly #fair = new Map<SimulatedToken, Fair | null>();
  #ticks = 0;

  constructor(tokens: readonly SimulatedToken[], chainId: number, seed: number) {
    for (const token of tokens) this.#fair.set(token, fairOf(token, chainId, seed));
  }

  /** Moves on to so many ticks after the start. */
  advance(ticks: number): void {
    for (; this.#ticks < ticks; this.#ticks++)
      for (const fair of this.#fair.values()) fair?.process.step(TICK_MS / 1_000);
  }

  /** Dollars of one whole token, to trade by and not to reckon with. */
  usd(token: SimulatedToken): number {
    const fair = this.#fair.get(token);
    return fair ? fair.process.ticks / fair.ticksADollar : DOLLAR_TICKS;
  }
}

function fairOf({ symbol, worth }: SimulatedToken, chainId: number, seed: number): Fair | null {
  if ('usd' in worth) {
    if (worth.usd === 1) return null;
    const random = new Random(`${seed}:${chainId}:${symbol}:price`);
    return { process: new PriceProcess(random, worth.usd * TICKS_A_DOLLAR, VOLATILITY), ticksADollar: TICKS_A_DOLLAR };
  }
  const [market] = marketsOf([worth.symbol]);
  if (market === undefined) throw new Error(`the simulated venue has no ${worth.symbol}`);
  const random = new Random(`${seed}:${market.underlying}:price`);
  const process = new PriceProcess(random, market.openTicks, market.annualVolatility);
  // The day before, as the venue lives through it.
  for (let step = 0; step < MINUTES_BEFORE * STEPS_A_MINUTE; step++) process.step(60 / STEPS_A_MINUTE);
  return { process, ticksADollar: 10 ** market.tickPlaces };
}
