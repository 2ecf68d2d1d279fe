import { readFileSync } from 'node:fs';
import type { Abi } from 'viem';
import { getAddress, isAddress } from 'viem/utils';
import { z } from 'zod';
import type { WatchedContract } from '../engines/contract-events/contract-events-engine.ts';
import { decoderOf } from '../engines/contract-events/decode-log.ts';
import { EVM_CHAINS, type EvmChain } from '../feeds/chains.ts';
import { type Decimal, decimal } from '../lib/decimal.ts';
import { messageOf } from '../lib/errors.ts';
import type { Address } from '../model/identity.ts';
import { assetsOn } from '../model/token.ts';
import { type Config, ConfigError } from './config.ts';

/** A token whose price is that of a symbol in `prices`: the same asset, on this chain. */
export interface TokenReference {
  readonly token: Address;
  readonly symbol: string;
}

/** A chain that is followed by a node. */
export interface FollowedChain {
  readonly chain: EvmChain & { readonly references: readonly TokenReference[] };
  readonly url: string;
  /** Pools to watch from the start. */
  readonly pools: readonly Address[];
  /** Whether pools of known factories are taken up when they are heard. */
  readonly discover: boolean;
  readonly contracts: readonly WatchedContract[];
  /** Dollars of tokens that no source prices. */
  readonly prices: readonly { readonly token: Address; readonly usd: Decimal }[];
}

const ChainAddress = z
  .string()
  .refine((value) => isAddress(value, { strict: false }), 'an address is 0x and 40 hexadecimal digits')
  .transform((value): Address => getAddress(value));

const PositiveDecimal = z
  .string()
  .regex(/^\d{1,18}(\.\d{1,18})?$/, 'a price is a number of dollars as text')
  .transform((value) => decimal(value));

const Factory = z.strictObject({
  name: z.string().min(1),
  address: ChainAddress,
  kind: z.enum(['V2', 'V3']),
  feePpm: z.int().min(0).max(999_999).nullable().default(null),
});

/** What an operator says of a chain: what is left out is as it is preset for the chain of this number. */
const ChainEntry = z.strictObject({
  chainId: z.int().min(1).max(2_147_483_647),
  name: z.string().min(1).max(60).optional(),
  blockMs: z.int().min(50).max(600_000).optional(),
  wrappedNative: ChainAddress.optional(),
  nativeSymbol: z.string().min(1).max(40).optional(),
  stablecoins: z.array(ChainAddress).optional(),
  factories: z.array(Factory).optional(),
  routers: z.array(ChainAddress).optional(),
  multicall: ChainAddress.nullable().optional(),
  references: z.array(z.strictObject({ token: ChainAddress, symbol: z.string().min(1).max(40) })).optional(),
  prices: z.array(z.strictObject({ token: ChainAddress, usd: PositiveDecimal })).default([]),
  pools: z.array(ChainAddress).default([]),
  discover: z.boolean().default(true),
  watch: z
    .array(
      z.strictObject({
        address: ChainAddress,
        abi: z
          .array(z.looseObject({ type: z.string() }))
          .nullable()
          .default(null),
      }),
    )
    .default([]),
});

const ChainsFile = z.strictObject({ chains: z.array(ChainEntry).max(100) });

/**
 * The chains of `EVM_RPC_URLS`, as they are preset and as `EVM_CHAINS_FILE` says.
 * @throws ConfigError for a file that cannot be read, or a chain of which not enough is known.
 */
export function followedChains(config: Config): readonly FollowedChain[] {
  const { EVM_RPC_URLS: nodes, EVM_POOLS: pools, EVM_CHAINS_FILE: file } = config;
  const entries = file === undefined ? [] : entriesIn(file);
  return nodes.flatMap((node) => {
    const [id = '', ...rest] = node.split('=');
    const chainId = Number(id);
    const entry = entries.find((candidate) => candidate.chainId === chainId);
    // Its node proves signatures; nothing is known of its money.
    if (!entry && !EVM_CHAINS.some((preset) => preset.chainId === chainId)) return [];
    const chain = chainOf(chainId, entry);
    return {
      chain,
      url: rest.join('='),
      pools: [...(entry?.pools ?? []), ...poolsOf(chainId, pools)],
      discover: entry?.discover ?? true,
      contracts: (entry?.watch ?? []).map(({ address, abi }) => ({ address, abi: abi && abiOf(address, abi) })),
      prices: entry?.prices ?? [],
    };
  });
}

function entriesIn(file: string): readonly z.infer<typeof ChainEntry>[] {
  try {
    return ChainsFile.parse(JSON.parse(readFileSync(file, 'utf8'))).chains;
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : [];
    const reason = issue === undefined ? messageOf(error) : `${issue.path.join('.')}: ${issue.message}`;
    throw new ConfigError(`EVM_CHAINS_FILE: ${file} cannot be used: ${reason}.`);
  }
}

function chainOf(chainId: number, entry: z.infer<typeof ChainEntry> | undefined): FollowedChain['chain'] {
  const preset = EVM_CHAINS.find((candidate) => candidate.chainId === chainId);
  const wrappedNative = entry?.wrappedNative ?? preset?.wrappedNative;
  const nativeSymbol = entry?.nativeSymbol ?? preset?.nativeSymbol;
  if (wrappedNative === undefined || nativeSymbol === undefined)
    throw new ConfigError(
      `EVM_RPC_URLS: of chain ${chainId} nothing is preset; EVM_CHAINS_FILE must say its wrappedNative and nativeSymbol.`,
    );
  const stablecoins = entry?.stablecoins ?? preset?.stablecoins ?? [];
  return {
    chainId,
    name: entry?.name ?? preset?.name ?? `Chain ${chainId}`,
    blockMs: entry?.blockMs ?? preset?.blockMs ?? DEFAULT_BLOCK_MS,
    wrappedNative,
    nativeSymbol,
    stablecoins,
    factories: entry?.factories ?? preset?.factories ?? [],
    references: entry?.references ?? referencesOf(chainId, [wrappedNative, ...stablecoins]),
    routers: (entry?.routers ?? preset?.routers ?? []).map((address) => address.toLowerCase()),
    multicall: entry?.multicall === undefined ? (preset?.multicall ?? null) : entry.multicall,
  };
}

/** Dollars are the quote that most sources of crypto assets have. */
export function referencesOf(chainId: number, others: readonly Address[]): readonly TokenReference[] {
  return [...assetsOn(chainId)]
    .filter(([token]) => !others.includes(token))
    .map(([token, asset]) => ({ token, symbol: `${asset}USDT` }));
}

/** `56=0x...`: pools of one chain to watch from the start. */
function poolsOf(chainId: number, entries: readonly string[]): readonly Address[] {
  return entries.flatMap((entry) => {
    const [chain, address = ''] = entry.split('=');
    return Number(chain) === chainId ? [getAddress(address)] : [];
  });
}

/** Of a chain of which nobody says: that of most. */
const DEFAULT_BLOCK_MS = 2_000;

function abiOf(address: Address, abi: readonly object[]): Abi {
  try {
    const given = abi as Abi;
    decoderOf(given);
    return given;
  } catch (error) {
    throw new ConfigError(`EVM_CHAINS_FILE: the abi of ${address} cannot be used: ${messageOf(error)}.`);
  }
}
