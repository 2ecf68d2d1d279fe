import { beforeAll, describe, expect, test } from 'vitest';
import { createArbitrageEngine } from '../../src/engines/arbitrage/arbitrage-engine.ts';
import type { ArbitrageOutput } from '../../src/engines/arbitrage/outputs.ts';
import { EVM_CHAINS } from '../../src/feeds/chains.ts';
import { SIMULATED_CHAINS } from '../../src/feeds/simulated/chain/deployment.ts';
import { createSimulatedChain } from '../../src/feeds/simulated/chain/feed.ts';
import { createLog } from '../../src/lib/log.ts';
import type { ArbitrageTransaction } from '../../src/model/arbitrage-transaction.ts';
import type { ChainEvent } from '../../src/model/chain.ts';
import type { Opportunity } from '../../src/model/opportunity.ts';
import { FakeClock } from '../support/fake-clock.ts';

const MINUTES = 15;

function presetOf(chainId: number) {
  const chain = EVM_CHAINS.find((preset) => preset.chainId === chainId);
  if (!chain) throw new Error(`chain ${chainId} is not preset`);
  return chain;
}

/** Some minutes of a chain, as it tells them. */
async function lived(chainId: number, seed: number, minutes = MINUTES): Promise<readonly ChainEvent[]> {
  const clock = new FakeClock();
  const chain = presetOf(chainId);
  const feed = createSimulatedChain({ chain, seed, clock, log: createLog('silent') });
  const events: ChainEvent[] = [];
  feed.start({ event: (event) => events.push(event), statusChanged: () => undefined });
  for (let ms = 0; ms < minutes * 60_000; ms += chain.blockMs) await clock.advance(chain.blockMs);
  return events;
}

function understood(chainId: number, events: readonly ChainEvent[]): readonly ArbitrageOutput[] {
  const engine = createArbitrageEngine({ chains: [presetOf(chainId)] });
  return events.flatMap((event) => engine.process(event));
}

describe.each(SIMULATED_CHAINS)('simulated chain %i', (chainId) => {
  let events: readonly ChainEvent[];
  let outputs: readonly ArbitrageOutput[];
  let opportunities: readonly Opportunity[];
  let transactions: readonly ArbitrageTransaction[];

  beforeAll(async () => {
    events = await lived(chainId, 1);
    outputs = understood(chainId, events);
    opportunities = outputs.flatMap((output) => (output.kind === 'opportunity' ? [output.opportunity] : []));
    transactions = outputs.flatMap((output) => (output.kind === 'transaction' ? [output.transaction] : []));
  });

  test('tells the same of the same seed, and something else of another', async () => {
    const [once, again, another] = [await lived(chainId, 1, 1), await lived(chainId, 1, 1), await lived(chainId, 2, 1)];
    expect(again).toEqual(once);
    expect(another).not.toEqual(once);
  });

  test('tells its pools with what is in them, then blocks without a hole, each upon the one before', () => {
    expect(events[0]?.kind).toBe('pool');
    const blocks = events.filter((event) => event.kind === 'block' || event.kind === 'block-removed');
    let head: { number: number; hash: string }[] = [];
    for (const event of blocks) {
      const last = head.at(-1);
      if (event.kind === 'block-removed') {
        expect(event).toMatchObject(last ?? {});
        head = head.slice(0, -1);
        continue;
      }
      if (last) expect(event).toMatchObject({ number: last.number + 1, parentHash: last.hash });
      head.push({ number: event.number, hash: event.hash });
    }
  });

  test('has opportunities that open, change, are taken by named transactions, converge and expire', () => {
    const reasons = opportunities.flatMap(({ state, closeReason }) => (state === 'CLOSED' ? [closeReason] : []));
    expect(new Set(reasons)).toEqual(new Set(['TAKEN', 'CONVERGED', 'EXPIRED']));
    expect(opportunities.filter(({ state }) => state === 'UPDATED').length).toBeGreaterThan(10);
    for (const { captureTxHash, realizedProfitUsd, closeReason } of opportunities) {
      if (closeReason !== 'TAKEN') continue;
      const taker = transactions.find(({ txHash, retracted }) => txHash === captureTxHash && !retracted);
      expect(realizedProfitUsd).toBe(taker?.profitNetUsd);
    }
    expect(opportunities.some(({ profitUsd }) => Number(profitUsd) > 1_000)).toBe(true);
  });

  test('brings its pools back: none is far from what its tokens are worth for long', () => {
    const deviations = opportunities.flatMap(({ referenceDeviationPct: away }) =>
      away === null ? [] : [Math.abs(away)],
    );
    expect(Math.max(...deviations)).toBeLessThan(15);
  });

  test('never lets a pool give more than its product allows', () => {
    const products = new Map<string, bigint>();
    for (const output of outputs) {
      if (output.kind !== 'pool-state') continue;
      const { pool, reserve0, reserve1 } = output.state;
      const product = reserve0 * reserve1;
      const earlier = products.get(pool.address) ?? 0n;
      // A block that is taken back takes its fees with it.
      expect(product * 1_001n).toBeGreaterThanOrEqual(earlier * 1_000n);
      products.set(pool.address, product);
    }
    expect(products.size).toBeGreaterThan(8);
  });
});
