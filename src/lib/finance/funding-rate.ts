import { divide, type Fixed, multiply, ONE } from '../fixed.ts';

/** Half a thousandth: how far the interest may pull the rate from the premium, either way. */
const INTEREST_PULL: Fixed = ONE / 2_000n;

/** Dollars that dYdX's impact notional is divided from by the initial margin fraction. */
const IMPACT_MARGIN: Fixed = 500n * ONE;

/** Multiple of (initial - maintenance) margin fraction that dYdX caps an eight-hour rate at. */
const CAP_MULTIPLE = 6n;

/**
 * Funding rate of one interval by the rule of Binance, Hyperliquid and Gate: `P + clamp(I - P, -0.05 %, 0.05 %)`.
 * @param premium P: average premium of the interval, a fraction.
 * @param interest I: of the same interval, a fraction (0.0001 for eight hours).
 */
export function clampedFundingRate(premium: Fixed, interest: Fixed): Fixed {
  return premium + clamp(interest - premium, INTEREST_PULL);
}

/**
 * dYdX's premium: `(max(0, impact bid - index) - max(0, index - impact ask)) / index`, a fraction. Null without an index price above zero.
 */
export function impactPremium(impactBid: Fixed, impactAsk: Fixed, index: Fixed): Fixed | null {
  if (index <= 0n) return null;
  const above = impactBid > index ? impactBid - index : 0n;
  const below = index > impactAsk ? index - impactAsk : 0n;
  return divide(above - below, index);
}

/** Notional in dollars whose execution price is the impact price: 500 / initial margin fraction (dYdX). Null at zero. */
export function impactNotional(initialFraction: Fixed): Fixed | null {
  return initialFraction > 0n ? divide(IMPACT_MARGIN, initialFraction) : null;
}

/** Largest eight-hour funding rate, either way: 600 % of (initial - maintenance) margin fraction (dYdX). */
export function fundingRateCap(initialFraction: Fixed, maintenanceFraction: Fixed): Fixed {
  const cap = CAP_MULTIPLE * (initialFraction - maintenanceFraction);
  return cap > 0n ? cap : 0n;
}

/**
 * dYdX's hourly rate: the average premium over eight, and the hour's interest, within an eighth of the eight-hour cap.
 */
export function hourlyFundingRate(averagePremium: Fixed, hourlyInterest: Fixed, cap: Fixed): Fixed {
  return clamp(averagePremium / 8n + hourlyInterest, cap / 8n);
}

/** A rate of one interval, a year's worth of it, not compounded: hourly times 8,760, eight-hourly times 1,095. */
export function annualFundingRate(rate: Fixed, intervalMs: number): Fixed {
  return multiply(rate, (BigInt(365 * 86_400_000) * ONE) / BigInt(intervalMs));
}

function clamp(value: Fixed, limit: Fixed): Fixed {
  if (value > limit) return limit;
  return value < -limit ? -limit : value;
}
