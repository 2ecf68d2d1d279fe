import { topics } from '../bus/topics.ts';
import { badInput } from '../lib/errors.ts';
import type { Context } from './context.ts';

/** Chains that one filter may name. */
const MAX_CHAINS = 50;

/**
 * Chains of a filter, each once.
 * @throws ApiError `BAD_USER_INPUT` for an empty list, or a chain that nobody follows; before any worker has spoken every chain is
 * accepted, and waits.
 */
export async function chainsIn(
  chainIds: readonly number[] | null | undefined,
  argument: string,
  { latest }: Context,
): Promise<readonly number[] | null> {
  if (chainIds == null) return null;
  if (chainIds.length === 0 || chainIds.length > MAX_CHAINS)
    throw badInput(argument, `${argument} has ${chainIds.length} values.`, `1 to ${MAX_CHAINS}, or leave it out`);
  const followed = (await latest.all(topics.chainStatus)).map(({ value }) => value);
  const unknown = chainIds.find((chainId) => !followed.some((one) => one.chainId === chainId));
  if (followed.length > 0 && unknown !== undefined)
    throw badInput(
      argument,
      `Chain ${unknown} is not followed here.`,
      followed.map(({ chainId, name }) => `${chainId} (${name})`).sort(),
    );
  return [...new Set(chainIds)].sort((a, b) => a - b);
}
