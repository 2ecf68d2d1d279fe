import { atLeast, atMost, type Decimal } from '../lib/decimal.ts';
import type { ArbitrageStrategy, ArbitrageTransactionTold, TransactionMeasures } from './arbitrage-transaction.ts';
import type { Address } from './identity.ts';
import type { OpportunityMeasures, OpportunityState, OpportunityTold } from './opportunity.ts';

/** What both nouns are chosen by. Null does not narrow. Bounds are inclusive, dollars after gas. */
interface ArbitrageChoice {
  readonly chainIds: readonly number[] | null;
  readonly minProfitUsd: Decimal | null;
  readonly maxProfitUsd: Decimal | null;
}

/** Which opportunities. */
export interface OpportunityChoice extends ArbitrageChoice {
  readonly minImbalancePct: number | null;
  /** EIP-55. */
  readonly pools: readonly Address[] | null;
  readonly states: readonly OpportunityState[] | null;
  /** One of these at least, besides all of the above. */
  readonly anyOf: readonly OpportunityChoice[] | null;
}

/** Which transactions. One without a known profit is within no bounds. */
export interface TransactionChoice extends ArbitrageChoice {
  readonly minSwaps: number | null;
  readonly strategies: readonly ArbitrageStrategy[] | null;
  readonly anyOf: readonly TransactionChoice[] | null;
}

/** What never changes of an opportunity, with what it is or was. */
type OpportunityLooks = OpportunityMeasures & Pick<OpportunityTold, 'chainId' | 'poolAddress'>;
type TransactionLooks = TransactionMeasures & Pick<ArbitrageTransactionTold, 'chainId'>;

/** A choice with its lists as sets and its bounds read, to hold many values against. */
export function opportunityTest(choice: OpportunityChoice): (looks: OpportunityLooks) => boolean {
  const chains = choice.chainIds && new Set(choice.chainIds);
  const pools = choice.pools && new Set(choice.pools);
  const states = choice.states && new Set(choice.states);
  const inBounds = bounds(choice);
  const { minImbalancePct: least } = choice;
  const members = choice.anyOf?.map(opportunityTest) ?? null;
  return (looks) =>
    (chains?.has(looks.chainId) ?? true) &&
    (pools?.has(looks.poolAddress) ?? true) &&
    (states?.has(looks.state) ?? true) &&
    inBounds(looks.profitUsd) &&
    (least === null || looks.imbalancePct >= least) &&
    (members === null || members.some((member) => member(looks)));
}

export function transactionTest(choice: TransactionChoice): (looks: TransactionLooks) => boolean {
  const chains = choice.chainIds && new Set(choice.chainIds);
  const strategies = choice.strategies && new Set(choice.strategies);
  const inBounds = bounds(choice);
  const { minSwaps: least } = choice;
  const members = choice.anyOf?.map(transactionTest) ?? null;
  return (looks) =>
    (chains?.has(looks.chainId) ?? true) &&
    (strategies?.has(looks.strategy) ?? true) &&
    (least === null || looks.swapCount >= least) &&
    inBounds(looks.profitNetUsd) &&
    (members === null || members.some((member) => member(looks)));
}

function bounds({ minProfitUsd, maxProfitUsd }: ArbitrageChoice): (profit: Decimal | null) => boolean {
  if (minProfitUsd === null && maxProfitUsd === null) return () => true;
  const enough = minProfitUsd && atLeast(minProfitUsd);
  const notTooMuch = maxProfitUsd && atMost(maxProfitUsd);
  return (profit) => profit !== null && (enough?.(profit) ?? true) && (notTooMuch?.(profit) ?? true);
}

/** Chains that a choice can lead to; null for any. */
export function chainsOf(choice: {
  readonly chainIds: readonly number[] | null;
  readonly anyOf: readonly { readonly chainIds: readonly number[] | null }[] | null;
}): readonly number[] | null {
  if (choice.chainIds !== null) return choice.chainIds;
  const members = choice.anyOf?.map(({ chainIds }) => chainIds) ?? [null];
  const all = new Set<number>();
  for (const chainIds of members) {
    if (chainIds === null) return null;
    for (const chainId of chainIds) all.add(chainId);
  }
  return [...all];
}
