import type { Hex } from '../../model/chain.ts';
import type { Token } from '../../model/pool.ts';

/** What was once learnt of tokens: it never changes, so that a restart need not ask a node for thousands of them again. */
export interface TokenCache {
  /** @param address lower case. Null where it is not known yet. */
  get(chainId: number, address: Hex): Promise<Token | null>;
  put(chainId: number, token: Token): Promise<void>;
}

/** Forgets with the process. */
export function createMemoryTokenCache(): TokenCache {
  const tokens = new Map<string, Token>();
  return {
    get: (chainId, address) => Promise.resolve(tokens.get(`${chainId}:${address}`) ?? null),
    put: (chainId, token) => {
      tokens.set(`${chainId}:${token.address.toLowerCase()}`, token);
      return Promise.resolve();
    },
  };
}
