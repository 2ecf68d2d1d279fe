import { ATR, EMA } from 'trading-signals';
import type { SignalType } from '../../model/signal.ts';
import type { Strategy, StrategyBar, Verdict } from './strategy.ts';

/** Bars. */
const FAST = 12;
const SLOW = 26;
const RANGE = 14;

/** Of the average range: by how much the lead has to change in one bar for a strength of 1. */
const FULL_TURN = 0.1;

/** A lead that has shrunk to this share of its widest is no trend any more. */
const LEAD_LEFT = 0.5;

/**
 * The fast average crosses the slow one: BUY upwards, SELL downwards. HOLD once the lead of the fast one has shrunk to half of
 * its widest since.
 */
export class EmaCross implements Strategy {
  readonly #fast = new EMA(FAST);
  readonly #slow = new EMA(SLOW);
  readonly #range = new ATR(RANGE);
  #lead: number | null = null;
  /** Since the last cross; null when there was none, or HOLD was said after it. */
  #widest: number | null = null;

  bar(bar: StrategyBar): Verdict | null {
    this.#fast.add(bar.close);
    this.#slow.add(bar.close);
    this.#range.add(bar);
    if (!this.#slow.isStable || !this.#range.isStable) return null;
    const [fast, slow, range] = [this.#fast, this.#slow, this.#range].map((one) => one.getResultOrThrow()) as [
      number,
      number,
      number,
    ];
    const before = this.#lead;
    const lead = fast - slow;
    this.#lead = lead;
    if (before === null) return null;
    const verdict = (type: SignalType, strength: number): Verdict => ({
      type,
      strength,
      values: [
        { name: 'emaFast', value: fast },
        { name: 'emaSlow', value: slow },
        { name: 'averageRange', value: range },
      ],
    });
    if ((before <= 0 && lead > 0) || (before >= 0 && lead < 0)) {
      this.#widest = Math.abs(lead);
      const turn = range === 0 ? 0 : Math.abs(lead - before) / range;
      return verdict(lead > 0 ? 'BUY' : 'SELL', turn / FULL_TURN);
    }
    if (this.#widest === null) return null;
    this.#widest = Math.max(this.#widest, Math.abs(lead));
    if (Math.abs(lead) > this.#widest * LEAD_LEFT) return null;
    const lost = 1 - Math.abs(lead) / this.#widest;
    this.#widest = null;
    return verdict('HOLD', lost - LEAD_LEFT);
  }
}
