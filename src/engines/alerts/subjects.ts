import type { Fixed } from '../../lib/fixed.ts';
import { type AlertRule, isOfOwner } from '../../model/alert.ts';
import type { PositionReading } from '../../model/risk.ts';
import { type Bounds, boundsOf } from './metrics.ts';
import type { Watch } from './watch.ts';

/** A rule with what is read for it. */
export interface Compiled extends Bounds {
  readonly rule: AlertRule;
}

/** What rules are applied to: a position, or everything of an owner. */
export interface Subject {
  /** Null for an owner. */
  readonly positionId: string | null;
  readonly symbol: string | null;
  /** Conditions that hold or have to be remembered, by rule; null until there is one: almost every position has none. */
  watches: Map<string, Watch> | null;
}

/** A position that was read, or of which an alert lasts. */
export class SeenPosition implements Subject {
  readonly positionId: string;
  readonly symbol: string | null;
  readonly owner: OwnerRules;
  watches: Map<string, Watch> | null = null;
  /** Its numbers; null before they were read. */
  reading: PositionReading | null = null;
  /** Rules that are about it, as of {@link OwnerRules.changes}. */
  compiled: readonly Compiled[] = [];
  compiledAsOf = -1;

  constructor(owner: OwnerRules, positionId: string, symbol: string | null) {
    this.owner = owner;
    this.positionId = positionId;
    this.symbol = symbol;
  }
}

/** Rules, positions and sums of one owner. */
export class OwnerRules implements Subject {
  /** Whose rules these are: of several engines each has its own. */
  readonly engine: object;
  readonly positionId = null;
  readonly symbol = null;
  watches: Map<string, Watch> | null = null;
  readonly positions = new Map<string, SeenPosition>();
  readonly #rules = new Map<string, Compiled>();
  /** Those about everything of the owner. */
  ofOwner: readonly Compiled[] = [];
  /** Counts the changes of rules. */
  changes = 0;
  /** Number of the event that read one of its positions last. */
  readIn = 0;

  constructor(engine: object) {
    this.engine = engine;
  }

  get empty(): boolean {
    return this.positions.size === 0 && this.#rules.size === 0;
  }

  rule(id: string): AlertRule | undefined {
    return this.#rules.get(id)?.rule;
  }

  setRule(rule: AlertRule): void {
    this.#rules.set(rule.id, { rule, ...boundsOf(rule) });
    this.#changed();
  }

  removeRule(id: string): void {
    if (this.#rules.delete(id)) this.#changed();
  }

  /** The position, made known where it is not. */
  position(positionId: string, symbol: string | null): SeenPosition {
    let seen = this.positions.get(positionId);
    if (seen === undefined) {
      seen = new SeenPosition(this, positionId, symbol);
      this.positions.set(positionId, seen);
    }
    return seen;
  }

  compiledFor(seen: SeenPosition): readonly Compiled[] {
    if (seen.compiledAsOf !== this.changes) {
      seen.compiledAsOf = this.changes;
      seen.compiled = [...this.#rules.values()].filter(
        ({ rule }) => !isOfOwner(rule.metric) && (rule.positionId === null || rule.positionId === seen.positionId),
      );
    }
    return seen.compiled;
  }

  /** Whether every position has a price. */
  get complete(): boolean {
    for (const { reading } of this.positions.values()) if (!reading?.known) return false;
    return true;
  }

  /** Of all positions; summed up when a rule asks: few do, and every price would have to pay for it. */
  get exposure(): Fixed {
    let sum = 0n;
    for (const { reading } of this.positions.values()) sum += reading?.exposure ?? 0n;
    return sum;
  }

  get pnl(): Fixed {
    let sum = 0n;
    for (const { reading } of this.positions.values()) sum += reading?.known ? reading.pnl : 0n;
    return sum;
  }

  #changed(): void {
    this.changes++;
    this.ofOwner = [...this.#rules.values()].filter(({ rule }) => isOfOwner(rule.metric));
  }
}
