import { topics } from '../bus/topics.ts';
import { type Position, symbolsOf } from '../model/position.ts';
import type { Context, PriceKnown } from './context.ts';

/** The latest primary price of every symbol that positions follow. */
export async function pricesOf(
  positions: readonly Position[],
  { latest }: Context,
): Promise<ReadonlyMap<string, PriceKnown>> {
  const symbols = new Set(positions.flatMap(symbolsOf));
  const prices = new Map<string, PriceKnown>();
  for (const { value } of await latest.all(topics.prices))
    if (value.primary && !value.token?.further && symbols.has(value.symbol)) prices.set(value.symbol, value);
  return prices;
}
