import { crc32 } from './crc32.ts';

export interface Level {
  /** Exact decimal text, as it was sent. */
  readonly price: string;
  readonly size: string;
}

/** What `orderbook(format: DELTA)` sends, as much of it as a book needs. */
export interface BookFrame {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  readonly sequence: number;
  readonly previousSequence: number | null;
  readonly checksum: number | null;
}

/** Levels a side that the checksum covers. */
const PROVED_LEVELS = 10;

/** A book kept from its changes. Every frame is proved by its checksum: a book that is not the server's is never shown as one. */
export class OrderBook {
  #bids: Level[] = [];
  #asks: Level[] = [];
  #sequence: number | null = null;

  /** Highest price first. A new array after each change, the same one until then. */
  get bids(): readonly Level[] {
    return this.#bids;
  }

  /** Lowest price first. */
  get asks(): readonly Level[] {
    return this.#asks;
  }

  /** Of the last frame; null while there is no book that can be trusted. */
  get sequence(): number | null {
    return this.#sequence;
  }

  /**
   * @returns false when the frame does not follow, or leads to another book than the server's: the book is empty then, until
   * a whole one comes. Subscribe again to get it at once.
   */
  apply(frame: BookFrame): boolean {
    const isWhole = frame.previousSequence === null;
    if (!isWhole && frame.previousSequence !== this.#sequence) return this.clear();
    this.#bids = changed(isWhole ? [] : this.#bids, frame.bids, -1);
    this.#asks = changed(isWhole ? [] : this.#asks, frame.asks, 1);
    if (this.#checksum() !== frame.checksum) return this.clear();
    this.#sequence = frame.sequence;
    return true;
  }

  /** Throws away what is held. @returns false */
  clear(): false {
    this.#bids = [];
    this.#asks = [];
    this.#sequence = null;
    return false;
  }

  #checksum(): number | null {
    const parts: string[] = [];
    for (let depth = 0; depth < PROVED_LEVELS; depth++)
      for (const level of [this.#bids[depth], this.#asks[depth]]) if (level) parts.push(`${level.price}:${level.size}`);
    return parts.length === 0 ? null : crc32(parts.join('|'));
  }
}

/** A side after some of its levels have changed. */
function changed(side: readonly Level[], levels: readonly Level[], order: 1 | -1): Level[] {
  const result = [...side];
  for (const level of levels) {
    let at = 0;
    let end = result.length;
    while (at < end) {
      const middle = (at + end) >> 1;
      if (compare(result[middle]?.price ?? '0', level.price) * order < 0) at = middle + 1;
      else end = middle;
    }
    const held = result[at]?.price === level.price ? 1 : 0;
    if (level.size === '0') result.splice(at, held);
    else result.splice(at, held, { price: level.price, size: level.size });
  }
  return result;
}

/** Orders two prices. Where they are too near for a float to tell them apart, by their digits: the texts are canonical. */
function compare(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  if (difference !== 0 || a === b) return difference;
  const [wholeA = '', partA = ''] = a.replace('-', '').split('.');
  const [wholeB = '', partB = ''] = b.replace('-', '').split('.');
  const isLarger =
    wholeA.length === wholeB.length
      ? wholeA > wholeB || (wholeA === wholeB && partA > partB)
      : wholeA.length > wholeB.length;
  const larger = isLarger ? 1 : -1;
  return a.startsWith('-') ? -larger : larger;
}
