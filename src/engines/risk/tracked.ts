import { divide, type Fixed, fixed, toNumber } from '../../lib/fixed.ts';
import type { Statistic } from '../../lib/statistics/series.ts';
import type { Observed } from '../../model/observed.ts';
import { accountOf, type Position } from '../../model/position.ts';
import type { PositionReading } from '../../model/risk.ts';
import { missingIn } from './account.ts';
import { Assessment } from './assessment.ts';
import { distancePct, type FigureSource, pct, rounded, timesOf } from './figures.ts';
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
  #realizedNumber: number;
  #heard: Observed;
  /** Whether the value was unknown or stale when it was last to be sampled. */
  #skipped = false;
  /** In which lists of what is to be put out it stands ({@link file://./pending.ts}). */
  pending = 0;
  judged: object | null = null;
  /** Whether it stands among the candidates for liquidation. */
  candidate = false;

  constructor(position: Position, options: TrackOptions, level: number, heard: Observed = storedAt(position)) {
    this.id = position.id;
    this.level = level;
    this.history = new ValueHistory(options.history);
    this.#options = options;
    this.#position = position;
    this.#valuation = valuationOf(position, options.quoteOf);
    this.#realized = fixed(position.realizedPnl);
    this.#realizedNumber = toNumber(this.#realized);
    this.#heard = heard;
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
  become(position: Position, heard: Observed): void {
    // Read before anything is taken over: numbers that cannot be read leave it as it was.
    const valuation = valuationOf(position, this.#options.quoteOf);
    this.#realized = fixed(position.realizedPnl);
    this.#realizedNumber = toNumber(this.#realized);
    this.#valuation = valuation;
    this.#position = position;
    this.#heard = heard;
  }

  /** Of a cross position the account's part is left to `assessAccount`. */
  assess(): void {
    this.#valuation.assess(asHeard, this.assessment);
  }

  isCross(): this is CrossTracked {
    return accountOf(this.#position) !== null && this.#valuation instanceof PerpValuation;
  }

  /** @param whole whether just one sampling interval has passed since the last. */
  sample(whole: boolean): void {
    const usable = this.known && !this.stale;
    if (usable) this.history.sample(toNumber(this.assessment.value), whole && !this.#skipped);
    this.#skipped = !usable;
  }

  /** When the position itself last changed; what its figures' times are at least. */
  get heard(): Observed {
    return this.#heard;
  }

  get known(): boolean {
    return this.assessment.missing === null;
  }

  get stale(): boolean {
    for (const quote of this.#valuation.quotes) if (quote.stale || quote.price === null) return true;
    return false;
  }

  get timestamp(): number {
    return timesOf(this).timestamp;
  }

  get receivedAt(): number {
    return timesOf(this).receivedAt;
  }

  get healthFactor(): Fixed | null {
    return this.known ? this.assessment.health : null;
  }

  get unthreatened(): boolean {
    return this.known && this.assessment.health === null && (this.account === null || missingIn(this.account) === null);
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
    if (!this.known) return null;
    const unrealized = toNumber(this.assessment.unrealized);
    const invested = toNumber(this.assessment.value) - unrealized;
    return invested > 0 ? rounded(((this.#realizedNumber + unrealized) / invested) * 100) : null;
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

function storedAt({ updatedAt }: Position): Observed {
  return { timestamp: updatedAt, receivedAt: updatedAt };
}

/** A fraction as per cent; null for a refusal. */
export function percent(fraction: Statistic): number | null {
  return typeof fraction === 'number' ? fraction * 100 : null;
}
