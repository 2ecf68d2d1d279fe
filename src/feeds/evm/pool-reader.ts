import { type Address, getAddress, hexToString, isAddress, parseAbi } from 'viem';
import type { Hex, ReservesRead } from '../../model/chain.ts';
import { MAX_TOKEN_DECIMALS, type Pool, poolName, type Token } from '../../model/pool.ts';
import type { EvmChain, PoolFactory } from '../chains.ts';
import type { ContractCall, EvmNode } from './node.ts';
import type { TokenCache } from './token-cache.ts';

const PAIR = parseAbi([
  'function factory() view returns (address)',
  'function token0() view returns (address)',
  'function token1() view returns (address)',
  'function fee() view returns (uint24)',
  'function getReserves() view returns (uint112, uint112, uint32)',
]);
const FACTORY = parseAbi([
  'function getPair(address, address) view returns (address)',
  'function getPool(address, address, uint24) view returns (address)',
]);
const TOKEN = parseAbi(['function decimals() view returns (uint8)', 'function symbol() view returns (string)']);
/** Tokens older than the standard give their symbol as 32 bytes. */
const OLD_TOKEN = parseAbi(['function symbol() view returns (bytes32)']);

/** Longer symbols are somebody's joke, or advertisement. */
const MAX_SYMBOL_LENGTH = 32;

/** A contract that was asked whether it is a pool. */
export interface PoolVerdict {
  readonly address: Hex;
  /** Null where it is none that we can watch. */
  readonly pool: Pool | null;
  /** Why not. */
  readonly reason: string;
}

/** Learns of contracts whether they are pools, and of pools what is in them. */
export class PoolReader {
  readonly #chain: EvmChain;
  readonly #tokens: TokenCache;
  readonly #factories: ReadonlyMap<string, PoolFactory>;

  constructor(chain: EvmChain, tokens: TokenCache) {
    this.#chain = chain;
    this.#tokens = tokens;
    this.#factories = new Map(chain.factories.map((factory) => [factory.address.toLowerCase(), factory]));
  }

  /**
   * A contract is a pool if a factory that we know says that it made it: what a contract says of itself proves nothing.
   * @param addresses lower case.
   */
  async pools(node: EvmNode, addresses: readonly Hex[]): Promise<readonly PoolVerdict[]> {
    const asked = addresses.map((address) => getAddress(address));
    const said = await node.read(
      asked.flatMap((address) => ['factory', 'token0', 'token1', 'fee'].map((name) => call(address, PAIR, name))),
    );
    const claims = asked.map((address, index) => this.#claim(address, said.slice(4 * index, 4 * index + 4)));
    const made = await node.read(claims.flatMap((claim) => (claim === null ? [] : [claim.proof])));
    const tokens = await this.#readTokens(
      node,
      claims.flatMap((claim) => (claim === null ? [] : [claim.token0, claim.token1])),
    );
    let proof = 0;
    return addresses.map((address, index): PoolVerdict => {
      const claim = claims[index];
      if (claim == null) return { address, pool: null, reason: 'no factory that we know' };
      const maker = made[proof++];
      if (typeof maker !== 'string' || maker.toLowerCase() !== address)
        return { address, pool: null, reason: 'its factory knows nothing of it' };
      const [token0, token1] = [tokens.get(claim.token0), tokens.get(claim.token1)];
      if (token0 === undefined || token1 === undefined)
        return { address, pool: null, reason: `a token without decimals, or with more than ${MAX_TOKEN_DECIMALS}` };
      const { kind, feePpm } = claim;
      const { chainId } = this.#chain;
      const name = poolName(token0, token1);
      return {
        address,
        reason: '',
        pool: { chainId, kind, address: getAddress(address), name, token0, token1, feePpm },
      };
    });
  }

  /** What constant-product pools held at the end of a block; one that does not answer is left out. */
  async reserves(node: EvmNode, pools: readonly Pool[], blockNumber: number): Promise<ReservesRead['reserves']> {
    const asked = pools.filter(({ kind }) => kind === 'V2').map(({ address }) => getAddress(address));
    const read = await node.read(
      asked.map((address) => call(address, PAIR, 'getReserves')),
      blockNumber,
    );
    return asked.flatMap((address, index) => {
      const held = read[index];
      if (!Array.isArray(held)) return [];
      const [reserve0, reserve1]: readonly unknown[] = held;
      if (typeof reserve0 !== 'bigint' || typeof reserve1 !== 'bigint') return [];
      return [{ pool: address.toLowerCase(), reserve0, reserve1 }];
    });
  }

  #claim(address: Address, [factory, token0, token1, fee]: readonly unknown[]): Claim | null {
    if (!isText(factory) || !isText(token0) || !isText(token1)) return null;
    const known = this.#factories.get(factory.toLowerCase());
    if (known === undefined || !isAddress(token0) || !isAddress(token1)) return null;
    const feePpm = known.feePpm ?? (typeof fee === 'number' ? fee : null);
    if (feePpm === null) return null;
    const proof =
      known.kind === 'V2'
        ? call(getAddress(known.address), FACTORY, 'getPair', [token0, token1])
        : call(getAddress(known.address), FACTORY, 'getPool', [token0, token1, feePpm]);
    return { kind: known.kind, address, token0: getAddress(token0), token1: getAddress(token1), feePpm, proof };
  }

  async #readTokens(node: EvmNode, addresses: readonly Address[]): Promise<ReadonlyMap<string, Token>> {
    const { chainId } = this.#chain;
    const found = new Map<string, Token>();
    const unknown: Address[] = [];
    for (const address of new Set(addresses)) {
      const kept = await this.#tokens.get(chainId, address.toLowerCase());
      if (kept === null) unknown.push(address);
      else found.set(address, kept);
    }
    const said = await node.read(
      unknown.flatMap((address) => [
        call(address, TOKEN, 'decimals'),
        call(address, TOKEN, 'symbol'),
        call(address, OLD_TOKEN, 'symbol'),
      ]),
    );
    for (const [index, address] of unknown.entries()) {
      const [decimals, symbol, oldSymbol] = said.slice(3 * index, 3 * index + 3);
      if (typeof decimals !== 'number' || decimals > MAX_TOKEN_DECIMALS) continue;
      const token: Token = { address, decimals, symbol: symbolOf(symbol) ?? symbolOf(fromBytes(oldSymbol)) };
      found.set(address, token);
      await this.#tokens.put(chainId, token);
    }
    return found;
  }
}

interface Claim {
  readonly kind: Pool['kind'];
  readonly address: Address;
  readonly token0: Address;
  readonly token1: Address;
  readonly feePpm: number;
  /** What its factory is to be asked. */
  readonly proof: ContractCall;
}

function call(
  address: Address,
  abi: ContractCall['abi'],
  functionName: string,
  args: readonly unknown[] = [],
): ContractCall {
  return { address, abi, functionName, args };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function fromBytes(value: unknown): string | null {
  return isText(value) && /^0x[0-9a-f]{64}$/i.test(value) ? hexToString(`0x${value.slice(2)}`, { size: 32 }) : null;
}

/** A symbol as it can be shown: printable, not too long; null where nothing of it is left. */
function symbolOf(value: unknown): string | null {
  if (!isText(value)) return null;
  const shown = value.replace(/\p{C}/gu, '').trim().slice(0, MAX_SYMBOL_LENGTH);
  return shown === '' ? null : shown;
}
