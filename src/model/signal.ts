import type { Decimal } from '../lib/decimal.ts';
import type { CandleInterval } from './candle.ts';
import type { Address } from './identity.ts';
import type { Observed } from './observed.ts';

export const SIGNAL_TYPES = ['BUY', 'SELL', 'HOLD'] as const;
/** HOLD: what the strategy said last holds no longer, and the opposite does not hold either. */
export type SignalType = (typeof SIGNAL_TYPES)[number];

/** Whose the signals of the built-in strategies are: nobody's, and everybody may have them. No caller can own this address. */
export const NOBODY: Address = '0x0000000000000000000000000000000000000000';

/** A figure that a strategy looked at. */
export interface SignalValue {
  readonly name: string;
  /** A statistic, in the unit that its strategy says. */
  readonly value: number;
}

/** What a strategy thinks of a symbol. It never changes. */
export interface Signal extends Observed {
  readonly id: string;
  /** {@link NOBODY}, or whoever published it. */
  readonly owner: Address;
  readonly strategy: string;
  /** Of the bars that it came from; null for one that was published. */
  readonly interval: CandleInterval | null;
  readonly signalType: SignalType;
  readonly symbol: string;
  /** In the quote currency. */
  readonly price: Decimal;
  /** In the base currency. */
  readonly quantity: Decimal;
  /** 0 to 1. */
  readonly confidence: number;
  readonly values: readonly SignalValue[];
}

/** What a signal worker is asked to do. */
export interface SignalCommand {
  readonly type: 'publish';
  readonly signal: Signal;
}
