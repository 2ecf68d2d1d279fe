import type { Decimal } from '../../lib/decimal.ts';

/** A source that has said nothing for so long has lost its say while another speaks, milliseconds. */
export const SPEAKING_MS = 60_000;

/**
 * Half-width of an oracle's band, as a fraction of the price, up to which it counts as sharp as a trade: 0.1 %, about what
 * two venues of one thing differ by.
 */
const SHARP = 0.001;

/** What one source says of a symbol, as far as the choice among sources depends on it. */
export interface SourceSays {
  readonly symbol: string;
  readonly source: string;
  readonly price: Decimal;
  readonly confidence: Decimal | null;
  readonly stale: boolean;
  readonly receivedAt: number;
  /** Whether the source is the one that the operator named first for the symbol. */
  readonly preferred: boolean;
}

/**
 * The best current source of each symbol: a function of what has been said and of the time.
 *
 * - Who speaks (is not stale, and was heard within {@link SPEAKING_MS}) goes before who does not.
 * - Among those, a traded price, or an oracle's whose confidence is within 0.1 % of it, goes before one less certain; of
 *   two that are less certain, the more certain.
 * - Then the preferred one, then the first by name.
 * - When nobody speaks, the one chosen before stays: its last word is what is known.
 */
export class SourceChoice {
  readonly #said = new Map<string, Map<string, SourceSays>>();
  readonly #best = new Map<string, string>();

  /** Whether another source than before is the best of the symbol now. */
  heard(says: SourceSays, now: number): boolean {
    let sources = this.#said.get(says.symbol);
    if (!sources) {
      sources = new Map();
      this.#said.set(says.symbol, sources);
    }
    sources.set(says.source, says);
    return this.#choose(says.symbol, sources, now);
  }

  /** Symbols of which another source is the best because time has passed. */
  review(now: number): readonly string[] {
    return [...this.#said].flatMap(([symbol, sources]) => (this.#choose(symbol, sources, now) ? [symbol] : []));
  }

  isBest(symbol: string, source: string): boolean {
    return this.#best.get(symbol) === source;
  }

  #choose(symbol: string, sources: ReadonlyMap<string, SourceSays>, now: number): boolean {
    const before = this.#best.get(symbol);
    const speaking = [...sources.values()].filter((says) => !says.stale && now - says.receivedAt <= SPEAKING_MS);
    if (speaking.length === 0 && before !== undefined) return false;
    const [best] = (speaking.length > 0 ? speaking : [...sources.values()]).sort(
      (a, b) => doubt(a) - doubt(b) || Number(b.preferred) - Number(a.preferred) || (a.source < b.source ? -1 : 1),
    );
    if (!best || best.source === before) return false;
    this.#best.set(symbol, best.source);
    return true;
  }
}

/** How unsure a price is of itself, as a fraction: 0 for what counts as sure. A statistic. */
function doubt({ price, confidence }: SourceSays): number {
  if (confidence === null) return 0;
  const share = Math.abs(Number(confidence) / Number(price));
  return share <= SHARP ? 0 : share;
}
