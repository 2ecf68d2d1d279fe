import { crc32 } from 'node:zlib';

export interface Level {
  readonly price: string;
  readonly size: string;
}

export interface BookFrame {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  readonly sequence: number;
  readonly previousSequence: number | null;
  /** Null when the book is empty. */
  readonly checksum: number | null;
  readonly stale: boolean;
  readonly venueUpdateId: string;
}

/**
 * A client's book, kept as the schema's descriptions say and nothing else: it shares no code with the server, so it proves
 * that they suffice.
 */
export class DeltaBook {
  /** Highest first. */
  bids: [string, string][] = [];
  /** Lowest first. */
  asks: [string, string][] = [];
  #sequence = 0;
  /** Whole books received. */
  wholes = 0;

  /** @throws when a frame does not follow, or the book after it is not the one that the server proves. */
  apply(frame: BookFrame): void {
    if (frame.previousSequence === null) {
      this.bids = [];
      this.asks = [];
      this.wholes++;
    } else if (frame.previousSequence !== this.#sequence)
      throw new Error(`a change of ${frame.previousSequence}, but the last frame was ${this.#sequence}`);
    this.#sequence = frame.sequence;
    for (const level of frame.bids) set(this.bids, level, -1);
    for (const level of frame.asks) set(this.asks, level, 1);
    const parts: string[] = [];
    for (let depth = 0; depth < 10; depth++)
      for (const level of [this.bids[depth], this.asks[depth]]) if (level) parts.push(`${level[0]}:${level[1]}`);
    if ((parts.length === 0 ? null : crc32(parts.join('|'))) !== frame.checksum)
      throw new Error(`the checksum of frame ${frame.sequence} does not prove this book`);
  }
}

function set(side: [string, string][], { price, size }: Level, order: 1 | -1): void {
  let at = 0;
  let end = side.length;
  while (at < end) {
    const middle = (at + end) >> 1;
    if ((Number(side[middle]?.[0]) - Number(price)) * order < 0) at = middle + 1;
    else end = middle;
  }
  const held = side[at]?.[0] === price ? 1 : 0;
  if (size === '0') side.splice(at, held);
  else side.splice(at, held, [price, size]);
}
