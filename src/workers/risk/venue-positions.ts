import { addDecimals, type Decimal, subtractDecimals, ZERO } from '../../lib/decimal.ts';
import { absolute, type Fixed, fixed, fixedText, multiply, ONE, quotientText } from '../../lib/fixed.ts';
import type { MaintenanceTier, PerpPosition } from '../../model/position.ts';
import type { VenueAccount, VenueFill, VenuePosition } from '../../model/venue-account.ts';

/** What fills of one market have said. */
export interface VenueGains {
  readonly closedPnl: Decimal;
  readonly fee: Decimal;
  /** Of the last fill; null before the first. */
  readonly price: Decimal | null;
  readonly hash: string | null;
  readonly liquidated: boolean;
}

export const NO_GAINS: VenueGains = { closedPnl: ZERO, fee: ZERO, price: null, hash: null, liquidated: false };

export function withFill({ closedPnl, fee }: VenueGains, fill: VenueFill): VenueGains {
  return {
    closedPnl: addDecimals(closedPnl, fill.closedPnl),
    fee: addDecimals(fee, fill.fee),
    price: fill.price,
    hash: /^0x[0-9a-fA-F]{64}$/.test(fill.transactionHash) ? fill.transactionHash : null,
    liquidated: fill.liquidation,
  };
}

/** Dollars that a margin may differ without being another: the venue rounds each of the numbers that it is made of. */
const SAME_MARGIN: Fixed = ONE / 100n;

/** Half of the initial margin at the highest leverage, as the venue's documents say; a market that says none is taken to be at 50. */
const USUAL_LEVERAGE = 50;

function maintenanceOf({ maxLeverage }: VenuePosition): readonly MaintenanceTier[] {
  const leverage = BigInt(maxLeverage ?? USUAL_LEVERAGE);
  return [{ upTo: null, rate: quotientText(ONE / (2n * leverage)), deduction: ZERO }];
}

/**
 * What each cross position brings to its account, by symbol: the account's balance without gains, in the shares of the margins that the
 * venue keeps for them. Their sum is the balance exactly.
 */
export function crossCollaterals({ accountValue, positions }: VenueAccount): ReadonlyMap<string, Decimal> {
  const cross = positions.filter(({ marginMode }) => marginMode === 'CROSS');
  let balance = fixed(accountValue);
  let margins = 0n;
  for (const { marginMode, marginUsed, unrealizedPnl } of positions)
    if (marginMode === 'CROSS') {
      balance -= fixed(unrealizedPnl);
      margins += fixed(marginUsed);
    } else balance -= fixed(marginUsed);
  let left = balance;
  return new Map(
    cross.map(({ symbol, marginUsed }, place) => {
      const last = place === cross.length - 1;
      const share = last ? left : margins === 0n ? 0n : (balance * fixed(marginUsed)) / margins;
      left -= share;
      return [symbol, fixedText(share)];
    }),
  );
}

/** @param before the same position as it was known; null for one that begins. */
export function perpOf(
  { owner, source, timestamp }: VenueAccount,
  venue: VenuePosition,
  before: PerpPosition | null,
  collaterals: ReadonlyMap<string, Decimal>,
  gains: VenueGains,
): PerpPosition {
  const { symbol, side, size, marginMode } = venue;
  const fundingPaid = venue.fundingPaid ?? before?.fundingPaid ?? ZERO;
  const feesPaid = addDecimals(before?.feesPaid ?? ZERO, gains.fee);
  const margin =
    marginMode === 'CROSS'
      ? (collaterals.get(symbol) ?? ZERO)
      : // The venue counts the gains of an isolated position to its margin.
        subtractDecimals(venue.marginUsed, venue.unrealizedPnl);
  const sameMargin = before !== null && absolute(fixed(before.collateral) - fixed(margin)) < SAME_MARGIN;
  return {
    id: before?.id ?? `${source}-${owner.toLowerCase()}-${symbol}-${timestamp}`,
    version: before?.version ?? 1,
    owner,
    kind: 'PERP',
    symbol,
    protocol: source,
    chainId: null,
    bridge: null,
    provenance: 'PUBLIC',
    status: 'OPEN',
    openedAt: before?.openedAt ?? timestamp,
    updatedAt: timestamp,
    closedAt: null,
    realizedPnl: realized(before, gains, fundingPaid),
    fundingPaid,
    feesPaid,
    side,
    size,
    entryValue: fixedText(multiply(fixed(size), fixed(venue.entryPrice))),
    marginMode,
    collateral: sameMargin ? before.collateral : margin,
    maintenance: maintenanceOf(venue),
    liquidationFeeRate: null,
    accruesFunding: false,
    reportedLiquidationPrice: venue.liquidationPrice,
  };
}

export function endedPosition(position: PerpPosition, gains: VenueGains, at: number): PerpPosition {
  return {
    ...position,
    status: gains.liquidated ? 'LIQUIDATED' : 'CLOSED',
    size: ZERO,
    entryValue: ZERO,
    updatedAt: at,
    closedAt: at,
    realizedPnl: realized(position, gains, position.fundingPaid),
    feesPaid: addDecimals(position.feesPaid, gains.fee),
  };
}

/** As it was, with what fills have booked, less what funding has cost since. */
function realized(before: PerpPosition | null, { closedPnl, fee }: VenueGains, fundingPaid: Decimal): Decimal {
  const funding = subtractDecimals(fundingPaid, before?.fundingPaid ?? ZERO);
  const booked = subtractDecimals(addDecimals(before?.realizedPnl ?? ZERO, closedPnl), fee);
  return subtractDecimals(booked, funding);
}
