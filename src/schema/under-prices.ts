import { topics } from '../bus/topics.ts';
import { ApiError } from '../lib/errors.ts';
import { ownerKey } from '../model/owner.ts';
import { type Position, symbolsOf } from '../model/position.ts';
import type { PriceShock, WhatIf } from '../model/risk.ts';
import type { Context } from './context.ts';
import { pricesOf } from './known-prices.ts';
import type { PositionShape } from './position.ts';

/**
 * A position at the prices of now, and under shocks, with what stands beside it.
 * @throws ApiError `BAD_USER_INPUT` for a shock of a symbol that nobody knows.
 */
export async function underPrices(
  position: Position,
  shocks: readonly PriceShock[],
  context: Context,
): Promise<WhatIf> {
  const owned = await context.latest.get(topics.positions, ownerKey(position.owner));
  const others = (owned?.value.positions ?? []).map((one) => one.position).filter(({ id }) => id !== position.id);
  const followed = new Set([position, ...others].flatMap(symbolsOf));
  for (const [at, { symbol }] of shocks.entries())
    if (!followed.has(symbol)) context.instruments.checkForCommand(symbol, `shocks.${at}.symbol`);
  const prices = await pricesOf([position, ...others], context);
  return context.whatIf({ position, others, shocks, priceOf: (symbol) => prices.get(symbol) ?? null });
}

/** A position that has just begun or changed, with its numbers: nobody has told them yet. Without them where the bus is away: it is stored. */
export async function valuedNow(position: Position, context: Context): Promise<PositionShape> {
  if (position.status !== 'OPEN') return { position, figures: null };
  try {
    return { position, figures: (await underPrices(position, [], context)).before };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'UNAVAILABLE') return { position, figures: null };
    throw error;
  }
}
