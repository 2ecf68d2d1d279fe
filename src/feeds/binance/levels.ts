import { decimal } from '../../lib/decimal.ts';
import type { VenueLevel } from '../../model/market-event.ts';
import { LevelReader, MAX_DECIMAL_LENGTH, type ReadSide } from './level-reader.ts';

/** What a message writes in front of its two sides, bids first. */
export interface SideNames {
  readonly bids: string;
  readonly asks: string;
}

const sideNames = (bids: string, asks: string): SideNames => ({ bids: `"${bids}":[`, asks: `,"${asks}":[` });

/** `depthUpdate` frames. */
export const DIFF_SIDES = sideNames('b', 'a');
/** REST `depth` bodies. */
export const DEPTH_SIDES = sideNames('bids', 'asks');

const LIFTED = 0;

export interface ReadSides {
  readonly bids: ReadSide;
  readonly asks: ReadSide;
}

/** A message whose levels were taken out of its text before it was parsed. */
export interface LiftedLevels extends ReadSides {
  /** JSON of everything else; the bids' name holds `0` where the levels stood. */
  readonly rest: string;
}

/** One for all messages: each is read through before the next begins, and nobody else is called meanwhile. */
const reader = new LevelReader();

/**
 * Takes the levels out of a message's text. `JSON.parse`, a look at each level and two canonical texts for it cost
 * several times as much, and depth is nearly all of what the venue sends.
 *
 * @returns null for any text that is not written exactly as the venue writes it: parse it the ordinary way.
 */
export function liftLevels(text: string, names: SideNames): LiftedLevels | null {
  const start = text.indexOf(names.bids);
  if (start < 0) return null;
  const from = start + names.bids.length;
  if (!reader.open(text, from)) return null;
  const bids = reader.side();
  if (bids === null || !reader.skip(names.asks)) return null;
  const asks = reader.side();
  if (asks === null) return null;
  return { bids, asks, rest: `${text.slice(0, from - 1)}${LIFTED}${text.slice(reader.place)}` };
}

const PLAIN = /^\d+(?:\.\d+)?$/;

/** A plain, unsigned decimal of bounded length, with a digit at both ends. */
export function isDecimalText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_DECIMAL_LENGTH && PLAIN.test(value);
}

/** Both sides of a parsed message: as lifted if they were lifted out of its text, else as parsed; null when neither. */
export function sidesOf(lifted: LiftedLevels | null, bids: unknown, asks: unknown): ReadSides | null {
  if (lifted) return bids === LIFTED && asks === undefined ? lifted : null;
  const read = { bids: sideOf(bids), asks: sideOf(asks) };
  return read.bids && read.asks ? { bids: read.bids, asks: read.asks } : null;
}

function sideOf(value: unknown): ReadSide | null {
  if (!Array.isArray(value)) return null;
  const levels: VenueLevel[] = [];
  for (const level of value as readonly unknown[]) {
    if (!Array.isArray(level) || level.length !== 2 || !isDecimalText(level[0]) || !isDecimalText(level[1]))
      return null;
    levels.push([decimal(level[0]), decimal(level[1])]);
  }
  return { levels, keys: levels.map(([price]) => Number(price)) };
}
