import { RSI } from 'trading-signals';
import type { SignalType } from '../../model/signal.ts';
import type { Strategy, StrategyBar, Verdict } from './strategy.ts';

/** Bars. */
const PERIOD = 14;

const OVERSOLD = 30;
const OVERBOUGHT = 70;
const MIDDLE = 50;

/** Points beyond a threshold for a strength of 1. */
const FULL_DEPTH = 10;

/**
 * The relative strength index comes back from an extreme: BUY upwards through 30, SELL downwards through 70, the stronger the
 * further it had gone beyond. HOLD once it has reached 50 after that.
 */
export class RsiReversal implements Strategy {
  readonly #rsi = new RSI(PERIOD);
  #before: number | null = null;
  /** The furthest of the extreme that it is in, or was last. */
  #extreme = MIDDLE;
  /** What was said last and holds still. */
  #held: SignalType = 'HOLD';

  bar({ close }: StrategyBar): Verdict | null {
    const rsi = this.#rsi.add(close);
    if (rsi === null || rsi === undefined) return null;
    const before = this.#before;
    this.#before = rsi;
    if (before === null) {
      this.#extreme = rsi;
      return null;
    }
    if (before < OVERSOLD && rsi >= OVERSOLD) return this.#said('BUY', rsi, OVERSOLD - this.#extreme);
    if (before > OVERBOUGHT && rsi <= OVERBOUGHT) return this.#said('SELL', rsi, this.#extreme - OVERBOUGHT);
    if (rsi < OVERSOLD) this.#extreme = before < OVERSOLD ? Math.min(this.#extreme, rsi) : rsi;
    if (rsi > OVERBOUGHT) this.#extreme = before > OVERBOUGHT ? Math.max(this.#extreme, rsi) : rsi;
    const reached = (this.#held === 'BUY' && rsi >= MIDDLE) || (this.#held === 'SELL' && rsi <= MIDDLE);
    return reached ? this.#said('HOLD', rsi, Math.abs(rsi - MIDDLE)) : null;
  }

  #said(type: SignalType, rsi: number, depth: number): Verdict {
    this.#held = type;
    const values = [
      { name: 'rsi', value: rsi },
      { name: 'rsiExtreme', value: this.#extreme },
    ];
    return { type, strength: depth / FULL_DEPTH, values };
  }
}
