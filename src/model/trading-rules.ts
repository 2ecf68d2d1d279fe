import { decimal } from '../lib/decimal.ts';
import { type Fixed, fixed } from '../lib/fixed.ts';
import type { Instrument, MarketKind } from './instrument.ts';
import { isCash } from './position.ts';

/** What the paper venue takes orders in, and at what cost. Fixed-point numbers. */
export interface TradingRules {
  /** Prices are multiples of it. */
  readonly tick: Fixed;
  /** Quantities are multiples of it. */
  readonly step: Fixed;
  /** Least price times quantity, in the quote currency. */
  readonly minNotional: Fixed;
  /** Fractions of the value of a fill, paid in the quote currency. */
  readonly makerFee: Fixed;
  readonly takerFee: Fixed;
  /** Of a perpetual: the part of its value that must be there in cash; null for what is paid in full. */
  readonly initialMargin: Fixed | null;
}

const of = (text: string): Fixed => fixed(decimal(text));

/** Grids of what is known by its base; of other coins the finest that venues print. */
const GRIDS: Readonly<Record<string, { readonly tick: Fixed; readonly step: Fixed }>> = {
  BTC: { tick: of('0.01'), step: of('0.00001') },
  ETH: { tick: of('0.01'), step: of('0.0001') },
  BNB: { tick: of('0.01'), step: of('0.001') },
  SOL: { tick: of('0.01'), step: of('0.001') },
};
const COIN = { tick: of('0.00000001'), step: of('0.00000001') };
const SHARE = { tick: of('0.01'), step: of('1') };

/** The part of a perpetual position's cost that must be there in cash: ten times as much can be held. */
export const PERP_INITIAL_MARGIN: Fixed = of('0.1');

type Terms = Omit<TradingRules, 'tick' | 'step'>;

const TERMS: Readonly<Record<MarketKind, Terms>> = {
  SPOT: { minNotional: of('5'), makerFee: of('0.001'), takerFee: of('0.001'), initialMargin: null },
  PERP: { minNotional: of('5'), makerFee: of('0.0002'), takerFee: of('0.0005'), initialMargin: PERP_INITIAL_MARGIN },
  EQUITY: { minNotional: 0n, makerFee: 0n, takerFee: 0n, initialMargin: null },
};

/** Null for what the paper venue does not trade: only what is priced in dollars can be added up exactly. */
export function tradingRules({ kind, base, quote }: Instrument): TradingRules | null {
  if (!isCash(quote)) return null;
  return { ...(kind === 'EQUITY' ? SHARE : (GRIDS[base] ?? COIN)), ...TERMS[kind] };
}
