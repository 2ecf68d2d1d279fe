import type { Decimal } from '../lib/decimal.ts';
import type { Address } from './identity.ts';

/** How far an owner lets its trading go. Dollars; null does not limit. */
export interface OwnerLimits {
  readonly owner: Address;
  /** Grows by one with every change. */
  readonly version: number;
  /** Most that one symbol may be worth, long or short, with what open orders would add. */
  readonly maxPositionUsd: Decimal | null;
  /** Most that all together may be worth. */
  readonly maxExposureUsd: Decimal | null;
  /** Most that may be lost, realised and not, fees included: beyond it orders may only reduce. */
  readonly maxLossUsd: Decimal | null;
  /** Milliseconds since the Unix epoch. */
  readonly updatedAt: number;
}
