import type { Bus } from '../bus/bus.ts';
import { EVM_CHAINS } from '../feeds/evm/chains.ts';
import { createEvmFeed } from '../feeds/evm/feed.ts';
import { createSimulatedChain } from '../feeds/simulated/chain/feed.ts';
import type { ArchiveWriter } from '../store/archive/archive-writer.ts';
import { ChainRecords } from '../store/chain-records.ts';
import type { Database } from '../store/database.ts';
import { createChainWorker } from '../workers/chain.ts';
import type { Worker } from '../workers/worker.ts';
import type { Parts } from './parts.ts';

/** Chains that the simulation stands for, with what their native coin is called and about worth. */
const SIMULATED = [
  { chainId: 56, nativeToken: 'WBNB', nativeUsd: 592 },
  { chainId: 137, nativeToken: 'WETH', nativeUsd: 3_410 },
] as const;

/** A worker for each chain that is configured; of the simulation, where its venue runs and no real one is named. */
export function chainWorkers(bus: Bus, database: Database, archive: ArchiveWriter, parts: Parts): readonly Worker[] {
  const { config, clock, log } = parts;
  const records = new ChainRecords(database);
  const shared = { bus, records, archive, clock, log };
  const pools = poolsOf(config.EVM_POOLS);
  const real = config.EVM_RPC_URLS.flatMap((entry) => {
    const cut = entry.indexOf('=');
    const chain = EVM_CHAINS.find(({ chainId }) => chainId === Number(entry.slice(0, cut)));
    if (!chain) {
      log.warn(
        { chainId: entry.slice(0, cut) },
        'nothing is known of this chain: its node proves signatures, and is not followed',
      );
      return [];
    }
    const url = entry.slice(cut + 1);
    const tokens = {
      get: (chainId: number, address: string) => records.token(chainId, address),
      put: records.putToken.bind(records),
    };
    const worker = createChainWorker({
      ...shared,
      chain,
      name: `evm:${chain.chainId}`,
      resumes: true,
      makeFeed: (after) =>
        createEvmFeed({
          chain,
          url,
          pools: pools.get(chain.chainId) ?? [],
          discover: true,
          after,
          tokens,
          clock,
          log,
          random: Math.random,
        }),
    });
    return [worker];
  });
  if (!config.FEEDS.includes('simulated') || real.length > 0) return real;
  return SIMULATED.map(({ chainId, nativeToken, nativeUsd }) => {
    const preset = EVM_CHAINS.find((one) => one.chainId === chainId);
    if (!preset) throw new Error(`the simulation stands for chain ${chainId}, which is not known`);
    const money = chainId === 137 ? { ...preset, nativeSymbol: 'ETHUSDT' } : preset;
    return createChainWorker({
      ...shared,
      chain: money,
      name: `simulated:${chainId}`,
      resumes: false,
      makeFeed: () =>
        createSimulatedChain({ money, name: preset.name, nativeToken, nativeUsd, seed: config.SIMULATION_SEED, clock }),
    });
  });
}

/** `56=0x…`: pools to watch from the start, by chain. */
function poolsOf(entries: readonly string[]): ReadonlyMap<number, readonly string[]> {
  const pools = new Map<number, string[]>();
  for (const entry of entries) {
    const [chain = '', address = ''] = entry.split('=');
    const of = pools.get(Number(chain)) ?? [];
    of.push(address);
    pools.set(Number(chain), of);
  }
  return pools;
}
