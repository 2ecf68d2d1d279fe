import { type Fixed, fixedText, quotientText } from '../../lib/fixed.ts';
import type { ConfidenceBand } from '../../model/risk.ts';
import { assessAccount } from './account.ts';
import { Assessment, type Sensitivity } from './assessment.ts';
import type { PerpValuation } from './perp-valuation.ts';
import type { PriceView, Quote } from './quote.ts';
import type { Valuation } from './valuation.ts';

/** What stands together with a position, itself included: the perpetuals of its cross account, else itself alone. */
export interface Standing {
  readonly valuation: Valuation;
  readonly assessment: Assessment;
  /** Null for what stands alone. */
  readonly account: Iterable<{ readonly valuation: PerpValuation }> | null;
  /** Booked so far. */
  readonly realized: Fixed;
}

export interface Bands {
  readonly health: { readonly low: Fixed; readonly mid: Fixed; readonly high: Fixed } | null;
  readonly pnl: { readonly low: Fixed; readonly mid: Fixed; readonly high: Fixed };
}

/**
 * Health factor and gains with every price at the end of its oracle's confidence interval that hurts most, and at the one that helps
 * most: no combination of prices within the intervals gives more or less. A price without interval stays as it is; null where none has
 * one, or a price is missing. In a cross account all its positions are moved.
 */
export function bandsOf(standing: Standing): Bands | null {
  const { valuation, assessment, account, realized } = standing;
  const sensitivities = account === null ? valuation.sensitivities : accountSensitivities(account);
  if (assessment.missing !== null || !sensitivities.some(({ quote }) => quote.low !== null)) return null;
  const pnl = (direction: number): Fixed => {
    const moved = new Assessment();
    valuation.assess(viewOf(valuation.sensitivities, 'pnl', direction), moved);
    return realized + moved.unrealized;
  };
  const { health } = assessment;
  const at = (direction: number): Fixed => healthAt(standing, viewOf(sensitivities, 'health', direction)) ?? 0n;
  return {
    pnl: { low: pnl(-1), mid: realized + assessment.unrealized, high: pnl(1) },
    health: health === null ? null : { low: at(-1), mid: health, high: at(1) },
  };
}

export function pnlText({ low, mid, high }: Bands['pnl']): ConfidenceBand {
  return { low: fixedText(low), mid: fixedText(mid), high: fixedText(high) };
}

export function healthText(band: Bands['health']): ConfidenceBand | null {
  if (band === null) return null;
  return { low: quotientText(band.low), mid: quotientText(band.mid), high: quotientText(band.high) };
}

/** Whether one of the thresholds lies within the band: above its low end, not above its high end. */
export function reachesOver(band: Bands['health'], thresholds: readonly Fixed[]): boolean {
  return band !== null && thresholds.some((threshold) => band.low < threshold && threshold <= band.high);
}

function healthAt({ valuation, account }: Standing, view: PriceView): Fixed | null {
  if (account === null) return assessed(valuation, view).health;
  const members = [...account].map((member) => ({
    valuation: member.valuation,
    assessment: assessed(member.valuation, view),
  }));
  assessAccount(members);
  return members[0]?.assessment.health ?? null;
}

function assessed(valuation: Valuation, view: PriceView): Assessment {
  const assessment = new Assessment();
  valuation.assess(view, assessment);
  return assessment;
}

/** @param direction 1 for the end that helps, -1 for the one that hurts. */
function viewOf(sensitivities: readonly Sensitivity[], of: 'pnl' | 'health', direction: number): PriceView {
  const ends = new Map(sensitivities.map((sensitivity) => [sensitivity.quote, sensitivity[of] * direction]));
  return (quote) => {
    const end = ends.get(quote) ?? 0;
    return (end < 0 ? quote.low : end > 0 ? quote.high : null) ?? quote.price;
  };
}

function accountSensitivities(account: Iterable<{ readonly valuation: PerpValuation }>): readonly Sensitivity[] {
  const sizes = new Map<Quote, Fixed>();
  for (const { valuation } of account)
    for (const quote of valuation.quotes) sizes.set(quote, (sizes.get(quote) ?? 0n) + valuation.size);
  return [...sizes].map(([quote, size]) => ({ quote, pnl: 0, health: size < 0n ? -1 : size > 0n ? 1 : 0 }));
}
