import type { Client } from 'graphql-ws';
import { addDecimals, type Decimal, decimal, subtractDecimals, ZERO } from '../../src/lib/decimal.ts';
import { fixed, fixedText, multiply } from '../../src/lib/fixed.ts';

/** A fill, as a trading screen is told of it. */
export interface Fill {
  readonly id: string;
  readonly order: { readonly clientOrderId: string };
  readonly side: 'BUY' | 'SELL';
  readonly quantity: Decimal;
  readonly price: Decimal;
  readonly fee: Decimal;
  readonly liquidity: string;
}

/** Everything that a stock client gets of an operation, in order. */
export function heard<T>(client: Client, text: string, field: string): T[] {
  const all: T[] = [];
  client.subscribe<Record<string, T>>(
    { query: text },
    {
      next: ({ data }) => {
        const value = data?.[field];
        if (value !== undefined && value !== null) all.push(value);
      },
      error: () => undefined,
      complete: () => undefined,
    },
  );
  return all;
}

/** Quantity and cash after each of the fills, from the beginning. */
export function sumsOf(fills: readonly Fill[]): readonly (readonly [string, string])[] {
  let quantity = ZERO;
  let cash = decimal('100000');
  const sums: [string, string][] = [[quantity, cash]];
  for (const fill of fills) {
    const value = fixedText(multiply(fixed(fill.price), fixed(fill.quantity)));
    quantity = fill.side === 'BUY' ? addDecimals(quantity, fill.quantity) : subtractDecimals(quantity, fill.quantity);
    cash = subtractDecimals(fill.side === 'BUY' ? subtractDecimals(cash, value) : addDecimals(cash, value), fill.fee);
    sums.push([quantity, cash]);
  }
  return sums;
}
