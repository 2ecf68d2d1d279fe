import { type Decimal, ZERO } from '../../lib/decimal.ts';
import type { VenueLevel } from '../../model/market-event.ts';

/** Longest decimal text taken from the venue, characters; its own are below 25. Bounds what reaches the engines. */
export const MAX_DECIMAL_LENGTH = 40;

/** Bytes kept for the next message. Diffs have a few KiB; what is larger, a REST book, is rare and gets its own. */
const SCRATCH_BYTES = 64 * 1_024;

/** Digits that are sure to fit a 32-bit integer, in which they are added up fastest. */
const INTEGER_DIGITS = 9;

/** Digits of which a whole number is sure to be exact as a double. */
const EXACT_DIGITS = 15;

const POWERS_OF_TEN = Array.from({ length: INTEGER_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

/** From this length on, a slice of a string in V8 is a window that keeps the whole string in memory. */
const WINDOW_LENGTH = 13;

const QUOTE = 34;
const COMMA = 44;
const POINT = 46;
const DIGIT_0 = 48;
const DIGIT_9 = 57;
const OPENING = 91;
const CLOSING = 93;

const encoder = new TextEncoder();

/** One side of a book. */
export interface ReadSide {
  readonly levels: readonly VenueLevel[];
  /** The double nearest to each price. */
  readonly keys: readonly number[];
}

/**
 * Reads the sides of a book out of a message's bytes: proof, canonical text and search key in one pass. The characters
 * of a string cost several times as much, because V8 finds out for each of them what kind of string it stands in.
 *
 * It holds one message, from one {@link open} to the next.
 */
export class LevelReader {
  readonly #scratch = Buffer.alloc(SCRATCH_BYTES);
  #bytes = this.#scratch;
  #text = '';
  /** Where in the text the bytes begin. */
  #from = 0;
  /** The byte to be read next. */
  #at = 0;
  /** Of the decimal read last: where its canonical text ends, and where its whole part does. */
  #end = 0;
  #point = 0;

  /** Takes a text from a place on. False when it cannot: all that stands there has to be ASCII. */
  open(text: string, from: number): boolean {
    const part = text.slice(from);
    const { length } = part;
    this.#bytes = length < SCRATCH_BYTES ? this.#scratch : Buffer.allocUnsafe(length + 1);
    this.#text = text;
    this.#from = from;
    this.#at = 0;
    const { read, written } = encoder.encodeInto(part, this.#bytes);
    // The message before was longer, perhaps, and its bytes would go on where this one is cut off: end it with a byte
    // that is part of no level. Every check below stops at the first byte that does not fit, so none gets beyond it.
    this.#bytes[written] = 0;
    // One byte a character, so that both are found at the same place.
    return read === length && written === length;
  }

  /** Place in the text, behind what has been read. */
  get place(): number {
    return this.#from + this.#at;
  }

  /** Reads over a text; false when something else comes next. */
  skip(expected: string): boolean {
    if (!this.#text.startsWith(expected, this.place)) return false;
    this.#at += expected.length;
    return true;
  }

  /**
   * Reads levels, from behind the bracket that opens their list to behind the one that closes it. Null when they are not
   * written exactly as the venue writes them.
   */
  side(): ReadSide | null {
    const bytes = this.#bytes;
    const levels: VenueLevel[] = [];
    const keys: number[] = [];
    if (bytes[this.#at] === CLOSING) {
      this.#at++;
      return { levels, keys };
    }
    for (;;) {
      const open = this.#at;
      if (bytes[open] !== OPENING || bytes[open + 1] !== QUOTE) return null;
      if (!this.#decimal(open + 2)) return null;
      const price = this.#cut(open + 2);
      keys.push(this.#key(open + 2, price));
      const middle = this.#at;
      if (bytes[middle] !== QUOTE || bytes[middle + 1] !== COMMA || bytes[middle + 2] !== QUOTE) return null;
      if (!this.#decimal(middle + 3)) return null;
      levels.push([price, this.#cut(middle + 3)]);
      const close = this.#at;
      if (bytes[close] !== QUOTE || bytes[close + 1] !== CLOSING) return null;
      this.#at = close + 3;
      if (bytes[close + 2] === CLOSING) return { levels, keys };
      if (bytes[close + 2] !== COMMA) return null;
    }
  }

  /** Reads a plain decimal and finds the end of its canonical text; false when there is none. */
  #decimal(from: number): boolean {
    const bytes = this.#bytes;
    let at = from;
    let byte = bytes[at] as number;
    while (byte >= DIGIT_0 && byte <= DIGIT_9) byte = bytes[++at] as number;
    // A zero in front would have to go: the venue writes none, so this is left to the parser.
    if (at === from || (bytes[from] === DIGIT_0 && at > from + 1)) return false;
    this.#point = at;
    let end = at;
    if (byte === POINT) {
      const fraction = ++at;
      byte = bytes[at] as number;
      while (byte >= DIGIT_0 && byte <= DIGIT_9) {
        at++;
        if (byte !== DIGIT_0) end = at;
        byte = bytes[at] as number;
      }
      if (at === fraction) return false;
    }
    this.#at = at;
    this.#end = end;
    return at - from <= MAX_DECIMAL_LENGTH;
  }

  /** Canonical text of the decimal read last. Its own: a level outlives its message by hours and must not keep it. */
  #cut(from: number): Decimal {
    const end = this.#end;
    if (end === from + 1 && this.#bytes[from] === DIGIT_0) return ZERO;
    const text =
      end - from < WINDOW_LENGTH
        ? this.#text.slice(this.#from + from, this.#from + end)
        : this.#bytes.toString('latin1', from, end);
    return text as Decimal;
  }

  /** `Number(price)` of the decimal read last, in a tenth of its time where digits are few. */
  #key(from: number, price: Decimal): number {
    const bytes = this.#bytes;
    const point = this.#point;
    const end = this.#end;
    const places = end > point ? end - point - 1 : 0;
    const wholes = point - from;
    if (wholes > INTEGER_DIGITS || places > INTEGER_DIGITS || wholes + places > EXACT_DIGITS) return Number(price);
    // `| 0` says that they fit, and spares a check for each digit.
    let whole = 0;
    for (let at = from; at < point; at++) whole = (whole * 10 + (bytes[at] as number) - DIGIT_0) | 0;
    if (places === 0) return whole;
    let fraction = 0;
    for (let at = point + 1; at < end; at++) fraction = (fraction * 10 + (bytes[at] as number) - DIGIT_0) | 0;
    const power = POWERS_OF_TEN[places] as number;
    // All three are exact, so only the division rounds, and rounds once: to the nearest. A fraction divided by itself and
    // added would be rounded twice, and the key of one price would depend on who made it.
    return (whole * power + fraction) / power;
  }
}
