import type { ArbitrageTransaction, Liquidation, PoolMev, Sandwich } from '../../model/arbitrage-transaction.ts';
import type { Opportunity } from '../../model/opportunity.ts';
import type { PoolState } from '../../model/pool.ts';

/** What the arbitrage engine puts out. */
export type ArbitrageOutput =
  | { readonly kind: 'opportunity'; readonly opportunity: Opportunity }
  | { readonly kind: 'transaction'; readonly transaction: ArbitrageTransaction }
  | { readonly kind: 'sandwich'; readonly sandwich: Sandwich }
  | { readonly kind: 'liquidation'; readonly liquidation: Liquidation }
  | { readonly kind: 'pool-mev'; readonly mev: PoolMev }
  | { readonly kind: 'pool-state'; readonly state: PoolState };
