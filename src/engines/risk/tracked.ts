import { divide, type Fixed, fixed, toNumber } from '../../lib/fixed.ts';
import type { Statistic } from '../../lib/statistics/series.ts';
import { accountOf, type Position } from '../../model/position.ts';
import type { PositionReading } from '../../model/risk.ts';
import { Assessment } from './assessment.ts';
import { distancePct, type FigureSource, pct, timesOf } from './figures.ts';
import { PerpValuation } from './perp-valuation.ts';
import { asHeard, type Quote } from './quote.ts';
import { type Valuation, valuationOf } from './valuation.ts';
import { type HistoryOptions, ValueHistory } from './value-history.ts';
import { WARNINGS } from './warnings.ts';

/** A perpetual with cross margin, in its account. */
export interface CrossTracked extends Tracked {
  readonly valuation: PerpValuation;
}

/** The cross positions of one owner at one protocol. */
export type Account = Set<CrossTracked>;

/** What is the same for all positions. */
export interface TrackOptions {
  readonly history: HistoryOptions;
  /** Health factor below which a position is at risk. */
  readonly atRisk: Fixed;
  readonly quoteOf: (symbol: string) => Quote;
}

/** A position that the engine follows, and everything that it knows of it. */
export class Tracked implements PositionReading, FigureSource {
  readonly id: string;
  readonly assessment = new Assessment();
  readonly warnings = WARNINGS;
  readonly history: ValueHistory;
  /** How many warning thresholds its owner has been warned of. */
  level: number;
  liquidatable = false;
  /** The cross account that it stands in; null for what stands alone. */
  account: Account | null = null;
  /** Contributions of the risk update put out last; null before the first. */
  contributions: readonly number[] | null = null;
  overallRiskScore: number | null = null;
  readonly #options: TrackOptions;
  #position: Position;
  #valuation: Valuation;
  #realized: Fixed;

  constructor(position: Position, options: TrackOptions, level: number) {
    this.id = position.id;
    this.level = level;
    this.history = new ValueHistory(options.history);
    this.#options = options;
    this.#position = position;
    this.#valuation = valuationOf(position, options.quoteOf);
    this.#realized = fixed(position.realizedPnl);
  }

  get position(): Position {
    return this.#position;
  }

  get valuation(): Valuation {
    return this.#valuation;
  }

  get realized(): Fixed {
    return this.#realized;
  }

  get atRisk(): Fixed {
    return this.#options.atRisk;
  }

  /** Takes the position's new state; its figures are those of before until it is assessed. */
  become(position: Position): void {
    this.#position = position;
    this.#valuation = valuationOf(position, this.#options.quoteOf);
    this.#realized = fixed(position.realizedPnl);
  }

  /** Of a cross position the account's part is left to `assessAccount`. */
  assess(): void {
    this.#valuation.assess(asHeard, this.assessment);
  }

  isCross(): this is CrossTracked {
    return accountOf(this.#position) !== null && this.#valuation instanceof PerpValuation;
  }

  sample(): void {
    if (this.known && !this.stale) this.history.sample(toNumber(this.assessment.value));
  }

  get known(): boolean {
    return this.assessment.missing === null;
  }

  get stale(): boolean {
    for (const quote of this.#valuation.quotes) if (quote.stale || quote.price === null) return true;
    return false;
  }

  get timestamp(): number {
    return timesOf(this.#valuation.quotes).timestamp;
  }

  get receivedAt(): number {
    return timesOf(this.#valuation.quotes).receivedAt;
  }

  get healthFactor(): Fixed | null {
    return this.known ? this.assessment.health : null;
  }

  get value(): Fixed {
    return this.known ? this.assessment.value : 0n;
  }

  get exposure(): Fixed {
    return this.known ? this.assessment.exposure : 0n;
  }

  get unrealizedPnl(): Fixed {
    return this.known ? this.assessment.unrealized : 0n;
  }

  get pnl(): Fixed {
    return this.#realized + this.unrealizedPnl;
  }

  get pnlPct(): number | null {
    const invested = this.value - this.unrealizedPnl;
    return this.known && invested > 0n ? pct(divide(this.pnl, invested)) : null;
  }

  get liquidationDistancePct(): number | null {
    return this.known ? distancePct(this.assessment) : null;
  }

  get marginRatioPct(): number | null {
    const { required, cover } = this.assessment;
    return this.known && required > 0n && cover > 0n ? pct(divide(required, cover)) : null;
  }

  get impermanentLossPct(): number | null {
    const { impermanentLoss } = this.assessment;
    return this.known && impermanentLoss !== null ? pct(impermanentLoss) : null;
  }

  get maxDrawdownPct(): number | null {
    return percent(this.history.maxDrawdown);
  }

  get var95Pct(): number | null {
    return percent(this.history.figures().var95);
  }
}

/** A fraction as per cent; null for a refusal. */
export function percent(fraction: Statistic): number | null {
  return typeof fraction === 'number' ? fraction * 100 : null;
}
