import { compareDecimals, type Decimal } from '../lib/decimal.ts';
import { badInput } from '../lib/errors.ts';
import type { ArbitrageOrder } from '../store/arbitrage/arbitrage.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { chosen } from './delivery-arguments.ts';

/** Most members of `anyOf`. */
const MAX_ANY_OF = 16;

export const CHAIN_IDS = {
  required: false,
  description: 'Only of these chains: 1 Ethereum, 56 BNB Smart Chain, 137 Polygon; 1 to 200. Left out: all.',
} as const;

export const ArbitrageOrderEnum = builder.enumType('ArbitrageOrder', {
  description: 'In which order opportunities and transactions are listed.',
  values: {
    NEWEST_FIRST: { description: 'By when they were detected, from now backwards.' },
    OLDEST_FIRST: { description: 'From the beginning of what is kept.' },
    MOST_PROFITABLE_FIRST: { description: 'By profit after gas; what has no known profit is left out.' },
  } satisfies Record<ArbitrageOrder, object>,
});

/** @throws ApiError `BAD_USER_INPUT` for an empty list, or a chain that nobody follows. */
export function chosenChains(
  chainIds: readonly number[] | null | undefined,
  argument: string,
  { chains }: Context,
): readonly number[] | null {
  const wanted = chosen(chainIds, argument);
  if (wanted) chains.check(wanted, argument);
  return wanted;
}

/** @throws ApiError `BAD_USER_INPUT` where the least is above the most. */
export function profitBounds(
  filter: {
    readonly minProfitUsd?: string | null | undefined;
    readonly maxProfitUsd?: string | null | undefined;
  },
  at: string,
): { readonly minProfitUsd: Decimal | null; readonly maxProfitUsd: Decimal | null } {
  const minProfitUsd = (filter.minProfitUsd ?? null) as Decimal | null;
  const maxProfitUsd = (filter.maxProfitUsd ?? null) as Decimal | null;
  if (minProfitUsd !== null && maxProfitUsd !== null && compareDecimals(minProfitUsd, maxProfitUsd) > 0)
    throw badInput(
      `${at}.minProfitUsd`,
      `minProfitUsd ${minProfitUsd} is above maxProfitUsd ${maxProfitUsd}.`,
      'at most maxProfitUsd',
    );
  return { minProfitUsd, maxProfitUsd };
}

/**
 * The members of `anyOf`, each read by itself.
 * @throws ApiError `BAD_USER_INPUT` for none, too many, or more within one of them.
 */
export function members<F extends { readonly anyOf?: unknown }, C>(
  anyOf: readonly F[] | null | undefined,
  at: string,
  choice: (filter: F, at: string) => C,
): readonly C[] | null {
  if (anyOf == null) return null;
  if (anyOf.length === 0 || anyOf.length > MAX_ANY_OF)
    throw badInput(at, `${at} has ${anyOf.length} members.`, `1 to ${MAX_ANY_OF}, or leave it out`);
  return anyOf.map((filter, index) => {
    const place = `${at}[${index}]`;
    if (filter.anyOf != null) throw badInput(`${place}.anyOf`, '`anyOf` has one level.', 'no `anyOf` within `anyOf`');
    return choice(filter, place);
  });
}
