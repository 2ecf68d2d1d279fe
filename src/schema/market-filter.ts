import type { Predicate } from '../cohorts/predicate.ts';
import { canonicalJson } from '../cohorts/question.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { chosen } from './delivery-arguments.ts';

/** The filter of what is known by its market alone. */
export const MarketFilter = builder.inputType('MarketFilter', {
  description: 'Which markets.',
  fields: (t) => ({
    markets: t.stringList({
      required: false,
      description: 'Only these symbols: "BTC-PERP"; 1 to 200. Left out: all.',
    }),
  }),
});

/** @throws ApiError `BAD_USER_INPUT` for an empty list or a symbol that nobody knows. */
export function marketsIn<V>(
  filter: typeof MarketFilter.$inferInput | null | undefined,
  { instruments }: Context,
): Predicate<V> {
  const markets = chosen(filter?.markets, 'filter.markets');
  if (markets) instruments.check(markets, 'filter.markets');
  return { id: canonicalJson({ markets }), routes: markets, test: null };
}
