import { topics } from '../bus/topics.ts';
import { EVM_CHAINS, type EvmChain } from '../feeds/evm/chains.ts';
import { createEvmFeed } from '../feeds/evm/feed.ts';
import { createSimulatedChain } from '../feeds/simulated/chain/feed.ts';
import type { Log } from '../lib/log.ts';
import { ChainRecords } from '../store/chain-records.ts';
import { createChainWorker } from '../workers/chain.ts';
import type { Worker } from '../workers/worker.ts';
import type { Config } from './config.ts';
import type { Work, WorkParts } from './work.ts';

/** Chains that the simulation stands for, with what their native coin is called and about worth. */
const SIMULATED = [
  { chainId: 56, nativeToken: 'WBNB', nativeUsd: 592 },
  { chainId: 137, nativeToken: 'WETH', nativeUsd: 3_410 },
] as const;

/** The work of each chain that is configured; of the simulation, where its venue runs and no real one is named. */
export function chainWorks(config: Config, log: Log): readonly Work[] {
  const pools = poolsOf(config.EVM_POOLS);
  const real = config.EVM_RPC_URLS.flatMap((entry): readonly Work[] => {
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
    return [chainWork(chain.chainId, (parts) => evmWorker(chain, url, pools.get(chain.chainId) ?? [], parts))];
  });
  if (!config.FEEDS.includes('simulated') || real.length > 0) return real;
  return SIMULATED.map(({ chainId, nativeToken, nativeUsd }) => {
    const preset = EVM_CHAINS.find((one) => one.chainId === chainId);
    if (!preset) throw new Error(`the simulation stands for chain ${chainId}, which is not known`);
    const money = chainId === 137 ? { ...preset, nativeSymbol: 'ETHUSDT' } : preset;
    const seed = config.SIMULATION_SEED;
    return chainWork(chainId, ({ clock, ...parts }) =>
      createChainWorker({
        ...sharedOf({ ...parts, clock }),
        chain: money,
        name: `simulated:${chainId}`,
        resumes: false,
        makeFeed: () => createSimulatedChain({ money, name: preset.name, nativeToken, nativeUsd, seed, clock }),
      }),
    );
  });
}

function chainWork(chainId: number, worker: (parts: WorkParts) => Worker): Work {
  const durable = [topics.opportunities, topics.transactions];
  return { lease: `chain:${chainId}`, durable, workers: (parts) => [worker(parts)] };
}

function sharedOf({ bus, database, archive, clock, log }: WorkParts) {
  return { bus, records: new ChainRecords(database), archive, clock, log };
}

function evmWorker(chain: EvmChain, url: string, pools: readonly string[], parts: WorkParts): Worker {
  const { clock, log } = parts;
  const shared = sharedOf(parts);
  const { records } = shared;
  const tokens = {
    get: (chainId: number, address: string) => records.token(chainId, address),
    put: records.putToken.bind(records),
  };
  return createChainWorker({
    ...shared,
    chain,
    name: `evm:${chain.chainId}`,
    resumes: true,
    makeFeed: (after) =>
      createEvmFeed({ chain, url, pools, discover: true, after, tokens, clock, log, random: Math.random }),
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
