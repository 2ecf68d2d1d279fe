import { absolute, divide, type Fixed, multiply, ONE } from '../fixed.ts';

/** A bracket of maintenance margin: `notional * rate - deduction` for notionals up to `upTo` (null: without end). */
export interface MarginTier {
  readonly upTo: Fixed | null;
  readonly rate: Fixed;
  readonly deduction: Fixed;
}

/** One bracket without end: the form of a venue that has one rate, as dYdX's maintenance margin fraction. */
export function flatTier(rate: Fixed): MarginTier {
  return { upTo: null, rate, deduction: 0n };
}

/** Hyperliquid's rate: half of the initial margin at the highest leverage, `1 / (2 * maxLeverage)`. */
export function hyperliquidTier(maxLeverage: number): MarginTier {
  return flatTier(ONE / (2n * BigInt(maxLeverage)));
}

/** Margin below which the venue liquidates; not negative. A notional above all brackets is of the last. */
export function maintenanceMargin(notional: Fixed, tiers: readonly MarginTier[]): Fixed {
  let margin: Fixed = 0n;
  for (const { upTo, rate, deduction } of tiers) {
    margin = multiply(notional, rate) - deduction;
    if (upTo === null || notional <= upTo) break;
  }
  return margin > 0n ? margin : 0n;
}

export interface MarginedSize {
  /** Positive for a long, negative for a short, in the base currency. */
  readonly size: Fixed;
  /** What the size was bought or sold for: size without its sign times entry price. */
  readonly entryValue: Fixed;
  /** Margin that stands for it: its own when isolated, the balance of the whole account when cross. */
  readonly balance: Fixed;
  /** Of the account's other positions, zero when isolated: their maintenance margins and their unrealised gains. */
  readonly otherMaintenance: Fixed;
  readonly otherPnl: Fixed;
}

/** By bracket, how much faster the maintenance margin grows with the price than the equity does: no price moves it. */
export function marginSlopes(size: Fixed, tiers: readonly MarginTier[]): readonly Fixed[] {
  return tiers.map(({ rate }) => multiply(absolute(size), rate) - size);
}

/**
 * The price at which equity equals maintenance margin, everything else as it is:
 *
 *     p = (balance - otherMaintenance + otherPnl + deduction - side * |size| * entry) / (|size| * rate - side * |size|)
 *
 * That is Binance's formula (USD-M liquidation price, isolated without the other positions), and with `balance - side * |size| * entry`
 * for `equity - size * price` it is dYdX's `(e - s p) / (|s| MMF - s)` and Hyperliquid's `price - side * available / size / (1 - l side)`:
 * the venues differ in their rates only. Of several brackets the one counts that the notional at the result lies in.
 *
 * Null where no price above zero liquidates, or there is no size. Rounded down.
 * @param slopes for those who ask often with the same size.
 */
export function liquidationPrice(
  position: MarginedSize,
  tiers: readonly MarginTier[],
  slopes = marginSlopes(position.size, tiers),
): Fixed | null {
  const { size, entryValue, balance, otherMaintenance, otherPnl } = position;
  const held = absolute(size);
  const margin = balance - otherMaintenance + otherPnl - (size < 0n ? -entryValue : entryValue);
  let from: Fixed = 0n;
  for (const [place, { upTo, deduction }] of tiers.entries()) {
    const slope = slopes[place] ?? 0n;
    const price = slope === 0n ? null : divide(margin + deduction, slope);
    if (price !== null && price > 0n) {
      if (tiers.length === 1) return price;
      const notional = multiply(held, price);
      const last = upTo === null || place === tiers.length - 1;
      if (notional >= from && (last || notional <= upTo)) return price;
    }
    from = upTo ?? from;
  }
  return null;
}

/**
 * What a position pays for funding at one settlement, negative where it receives: `side * size * price * rate`. A positive rate is paid
 * by longs to shorts. `size` carries the side as its sign.
 */
export function fundingPayment(size: Fixed, price: Fixed, rate: Fixed): Fixed {
  return multiply(multiply(size, price), rate);
}
