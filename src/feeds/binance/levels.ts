import type { VenueLevel } from '../../model/market-event.ts';

const DECIMAL = '\\d+(?:\\.\\d+)?';
const LEVEL = `\\["${DECIMAL}","${DECIMAL}"\\]`;
const LEVELS = `\\[(?:${LEVEL}(?:,${LEVEL})*)?\\]`;

/** The names under which a message carries its two sides, bids first. */
export interface Sides {
  readonly bids: string;
  readonly asks: string;
  /** Both sides as the venue writes them, and nothing else. */
  readonly pattern: RegExp;
}

const sides = (bids: string, asks: string): Sides => ({
  bids: `"${bids}":[`,
  asks: `"${asks}":[`,
  pattern: new RegExp(`"${bids}":${LEVELS},"${asks}":${LEVELS}`, 'y'),
});

/** `depthUpdate` frames. */
export const DIFF_SIDES = sides('b', 'a');
/** REST `depth` bodies. */
export const DEPTH_SIDES = sides('bids', 'asks');

const LIFTED = 0;

/** A message whose levels were taken out of its text before it was parsed. */
export interface LiftedLevels {
  readonly bids: readonly VenueLevel[];
  readonly asks: readonly VenueLevel[];
  /** JSON of everything else; the bids' name holds `0` where the levels stood. */
  readonly rest: string;
}

/** Longest decimal text taken from the venue, characters; its own are below 25. Bounds what reaches the engines. */
const MAX_DECIMAL_LENGTH = 40;

/**
 * Takes the levels out of a message's text: one pass of a native regular expression proves all of them, then they are
 * cut out. `JSON.parse` and a look at each level costs two to three times as much, most of it for the objects and the
 * interning of short strings, and depth is nearly all of what the venue sends.
 *
 * The texts are windows into the message: whoever keeps one longer than the message should keep a text of his own.
 *
 * @returns null for any text that is not written exactly as the venue writes it: parse it the ordinary way.
 */
export function liftLevels(text: string, { bids, asks, pattern }: Sides): LiftedLevels | null {
  const start = text.indexOf(bids);
  if (start < 0) return null;
  pattern.lastIndex = start;
  if (!pattern.test(text)) return null;
  const end = pattern.lastIndex;
  const asksStart = text.indexOf(asks, start);
  const bidLevels = cutLevels(text, start + bids.length, asksStart - 2);
  const askLevels = cutLevels(text, asksStart + asks.length, end - 1);
  if (!bidLevels || !askLevels) return null;
  return {
    bids: bidLevels,
    asks: askLevels,
    rest: `${text.slice(0, start + bids.length - 1)}${LIFTED}${text.slice(end)}`,
  };
}

/** Levels between `from`, at the first bracket, and `to`, behind the last. The pattern has proved what is there. */
function cutLevels(text: string, from: number, to: number): readonly VenueLevel[] | null {
  const levels: VenueLevel[] = [];
  for (let at = from; at < to; ) {
    const price = at + 2;
    const priceEnd = text.indexOf('"', price);
    const size = priceEnd + 3;
    const sizeEnd = text.indexOf('"', size);
    if (priceEnd - price > MAX_DECIMAL_LENGTH || sizeEnd - size > MAX_DECIMAL_LENGTH) return null;
    levels.push([text.slice(price, priceEnd), text.slice(size, sizeEnd)]);
    at = sizeEnd + 3;
  }
  return levels;
}

const PLAIN = new RegExp(`^${DECIMAL}$`);

/** A plain, unsigned decimal of bounded length, with a digit at both ends. */
export function isDecimalText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_DECIMAL_LENGTH && PLAIN.test(value);
}

/** Both sides of a parsed message: as lifted if they were lifted out of its text, else as parsed; null when neither. */
export function sidesOf(
  lifted: LiftedLevels | null,
  bids: unknown,
  asks: unknown,
): Pick<LiftedLevels, 'bids' | 'asks'> | null {
  if (lifted) return bids === LIFTED && asks === undefined ? lifted : null;
  return isLevels(bids) && isLevels(asks) ? { bids, asks } : null;
}

function isLevels(value: unknown): value is readonly VenueLevel[] {
  if (!Array.isArray(value)) return false;
  for (const level of value as readonly unknown[]) {
    if (!Array.isArray(level) || level.length !== 2 || !isDecimalText(level[0]) || !isDecimalText(level[1]))
      return false;
  }
  return true;
}
