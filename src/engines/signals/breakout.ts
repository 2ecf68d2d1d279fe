import { ATR } from 'trading-signals';
import type { SignalType } from '../../model/signal.ts';
import type { Strategy, StrategyBar, Verdict } from './strategy.ts';

/** Bars of the channel, the one that breaks out not counted. */
const CHANNEL = 20;
const RANGE = 14;

/** Of the average range: by how much the close has to be beyond the channel for a strength of 1. */
const FULL_BREAK = 0.5;

/**
 * The close leaves the channel between the highest high and the lowest low of the last 20 bars: BUY above it, SELL below it, once
 * until the other side or the middle is reached. HOLD when the close is back at the middle.
 */
export class Breakout implements Strategy {
  readonly #range = new ATR(RANGE);
  /** The last bars, oldest first. */
  #bars: StrategyBar[] = [];
  #held: SignalType = 'HOLD';

  bar(bar: StrategyBar): Verdict | null {
    this.#range.add(bar);
    const before = this.#bars;
    this.#bars = [...before, bar].slice(-CHANNEL);
    if (before.length < CHANNEL || !this.#range.isStable) return null;
    const high = Math.max(...before.map((one) => one.high));
    const low = Math.min(...before.map((one) => one.low));
    const range = this.#range.getResultOrThrow();
    const { close } = bar;
    const said = (type: SignalType, beyond: number): Verdict => {
      this.#held = type;
      return {
        type,
        strength: range === 0 ? 0 : beyond / range / FULL_BREAK,
        values: [
          { name: 'channelHigh', value: high },
          { name: 'channelLow', value: low },
          { name: 'averageRange', value: range },
        ],
      };
    };
    if (close > high && this.#held !== 'BUY') return said('BUY', close - high);
    if (close < low && this.#held !== 'SELL') return said('SELL', low - close);
    const middle = (high + low) / 2;
    if (this.#held === 'BUY' && close <= middle) return said('HOLD', middle - close);
    if (this.#held === 'SELL' && close >= middle) return said('HOLD', close - middle);
    return null;
  }
}
