import { Drawdown } from '../../lib/statistics/drawdown.ts';
import { type Statistic, TOO_SHORT } from '../../lib/statistics/series.ts';
import { annualVolatility, sharpeRatio } from '../../lib/statistics/sharpe.ts';
import { expectedShortfall, historicalVar, parametricVar } from '../../lib/statistics/value-at-risk.ts';

const YEAR_MS = 365 * 86_400_000;
const CONFIDENCE = 0.95;

export interface HistoryOptions {
  /** Time between two values, milliseconds. */
  readonly sampleMs: number;
  /** Returns kept: the oldest gives way. Bounds memory, eight bytes each. */
  readonly length: number;
  /** Returns below which value at risk is refused: of fewer than 20 the worst twentieth is less than one. */
  readonly minReturns: number;
  /** What value at risk is over, milliseconds. */
  readonly horizonMs: number;
}

export const DEFAULT_HISTORY: HistoryOptions = {
  sampleMs: 60_000,
  length: 256,
  minReturns: 20,
  horizonMs: 86_400_000,
};

export interface HistoryFigures {
  readonly maxDrawdown: Statistic;
  readonly sharpe: Statistic;
  readonly var95: Statistic;
  readonly parametricVar95: Statistic;
  readonly cvar95: Statistic;
  readonly volatility: Statistic;
  readonly samples: number;
}

/** Of a year of 365 days: what is watched here trades every day. */
export function periodsPerYear({ sampleMs }: HistoryOptions): number {
  return YEAR_MS / sampleMs;
}

/**
 * Returns of one position's value at even intervals, time-weighted: what is paid in or taken out between two samples is no gain, so the
 * interval is cut there and its parts multiplied. Dollars as JS numbers: these are statistics.
 */
export class ValueHistory {
  readonly #options: HistoryOptions;
  /** The newest {@link HistoryOptions.length} returns, in a ring: no figure made of them asks for their order. */
  readonly #returns: number[] = [];
  #next = 0;
  readonly #drawdown = new Drawdown();
  /** Value that the running part of the interval began with; null before the first, and after a value that was not above zero. */
  #base: number | null = null;
  /** Product of the finished parts of the interval. */
  #factor = 1;
  #figures: HistoryFigures | null = null;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** Of all samples, not only of those kept. */
  get maxDrawdown(): Statistic {
    return this.#returns.length === 0 ? TOO_SHORT : this.#drawdown.max;
  }

  /**
   * Takes the value at the end of an interval.
   * @param whole false where more than one interval has passed: such a return is no sample among those of one interval. What was
   * lost in it is lost all the same, so the drawdown counts it.
   */
  sample(value: number, whole: boolean): void {
    if (this.#base !== null) {
      const gained = this.#factor * (value / this.#base) - 1;
      if (whole) {
        this.#returns[this.#next] = gained;
        this.#next = (this.#next + 1) % this.#options.length;
      }
      this.#drawdown.add(gained);
      this.#figures = null;
    }
    this.#factor = 1;
    // From nothing or less there is no return: what follows begins anew.
    this.#base = value > 0 ? value : null;
  }

  /** Says that the value was changed by a payment, and not by prices. */
  paid(before: number, after: number): void {
    if (this.#base !== null) this.#factor *= before / this.#base;
    this.#base = after > 0 ? after : null;
    if (this.#base === null) this.#factor = 1;
  }

  /** Made when asked for, and kept until the next sample. */
  figures(): HistoryFigures {
    this.#figures ??= this.#make();
    return this.#figures;
  }

  #make(): HistoryFigures {
    const returns = this.#returns;
    const { minReturns, horizonMs, sampleMs } = this.#options;
    const horizon = Math.sqrt(horizonMs / sampleMs);
    const atRisk = (measure: typeof historicalVar): Statistic => {
      const loss = returns.length < minReturns ? TOO_SHORT : measure(returns, CONFIDENCE);
      return typeof loss === 'number' ? loss * horizon : loss;
    };
    const periods = periodsPerYear(this.#options);
    return {
      maxDrawdown: this.maxDrawdown,
      sharpe: sharpeRatio(returns, { periodsPerYear: periods }),
      var95: atRisk(historicalVar),
      parametricVar95: atRisk(parametricVar),
      cvar95: atRisk(expectedShortfall),
      volatility: annualVolatility(returns, periods),
      samples: returns.length,
    };
  }
}
