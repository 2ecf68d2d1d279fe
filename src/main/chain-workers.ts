import { topics } from '../bus/topics.ts';
import { EVM_CHAINS } from '../feeds/chains.ts';
import { createEvmFeed } from '../feeds/evm/feed.ts';
import { deploymentOf, SIMULATED_CHAINS } from '../feeds/simulated/chain/deployment.ts';
import { createSimulatedChain } from '../feeds/simulated/chain/feed.ts';
import { PAIR_ABI } from '../feeds/simulated/chain/pair-abi.ts';
import { DAY_MS } from '../lib/clock.ts';
import { ChainLedger } from '../store/arbitrage/chain-ledger.ts';
import { createChainWorker } from '../workers/chain/chain-worker.ts';
import type { Worker } from '../workers/worker.ts';
import { type FollowedChain, followedChains, referencesOf } from './chains.ts';
import type { Parts } from './parts.ts';
import type { Work, WorkParts } from './work.ts';

/**
 * The work of each chain: those that a node tells of, and beside the simulated venue the simulated ones that no node tells of.
 * @throws ConfigError
 */
export function chainWorks({ config, log }: Parts): readonly Work[] {
  const followed = followedChains(config);
  for (const [chainId] of config.EVM_RPC_URLS.map((node) => node.split('=')))
    if (!followed.some(({ chain }) => chain.chainId === Number(chainId)))
      log.warn({ chainId }, 'nothing is known of this chain: its node proves signatures, and is not followed');
  const simulated = config.FEEDS.includes('simulated') ? SIMULATED_CHAINS : [];
  return [
    ...followed.map((one) => chainWork(one.chain.chainId, (parts) => evmWorker(one, parts))),
    ...simulated
      .filter((chainId) => !followed.some(({ chain }) => chain.chainId === chainId))
      .map((chainId) => chainWork(chainId, (parts) => simulatedWorker(chainId, parts))),
  ];
}

function chainWork(chainId: number, worker: (parts: WorkParts) => Worker): Work {
  const durable = [topics.opportunities, topics.transactions];
  return { lease: `chain:${chainId}`, durable, workers: (parts) => [worker(parts)] };
}

/** What workers of all chains share; the ledger is each one's own. */
function shared({ bus, database, archive, config, clock, log }: WorkParts) {
  return {
    minProfitUsd: config.MIN_OPPORTUNITY_USD,
    bus,
    ledger: new ChainLedger(database, clock, log),
    archive,
    clock,
    log,
    retentionMs: config.DURABLE_RETENTION_DAYS * DAY_MS,
  };
}

function evmWorker(followed: FollowedChain, parts: WorkParts): Worker {
  const { chain, url, pools, discover, contracts, prices } = followed;
  const options = shared(parts);
  const { ledger, clock, log } = options;
  return createChainWorker({
    ...options,
    chain,
    contracts,
    prices,
    feed: ({ after, pools: known }) =>
      createEvmFeed({
        chain,
        url,
        pools: [...new Set([...pools, ...known])],
        discover,
        after,
        watched: contracts.map(({ address }) => address.toLowerCase()),
        tokens: {
          get: (chainId, address) => ledger.token(chainId, address),
          put: (chainId, token) => ledger.putToken(chainId, token),
        },
        clock,
        log,
        random: Math.random,
      }),
  });
}

function simulatedWorker(chainId: number, parts: WorkParts): Worker {
  const chain = EVM_CHAINS.find((preset) => preset.chainId === chainId);
  if (!chain) throw new Error(`chain ${chainId} is not preset`);
  const { pools, router } = deploymentOf(chainId);
  const { config, clock, log } = parts;
  return createChainWorker({
    ...shared(parts),
    chain: {
      ...chain,
      references: referencesOf(chainId, [chain.wrappedNative, ...chain.stablecoins]),
      routers: [router.toLowerCase()],
    },
    contracts: pools.map(({ pool }) => ({ address: pool.address, abi: PAIR_ABI })),
    prices: [],
    feed: () => createSimulatedChain({ chain, seed: config.SIMULATION_SEED, clock, log }),
  });
}
