import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ArbitrageEngine, createArbitrageEngine } from '../../../src/engines/arbitrage/arbitrage-engine.ts';
import type { ArbitrageOutput } from '../../../src/engines/arbitrage/outputs.ts';
import type { ChainFeed } from '../../../src/feeds/chain-feed.ts';
import type { EvmChain } from '../../../src/feeds/chains.ts';
import { createEvmFeed, type EvmFeedOptions } from '../../../src/feeds/evm/feed.ts';
import { createMemoryTokenCache } from '../../../src/feeds/evm/token-cache.ts';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import { decimal } from '../../../src/lib/decimal.ts';
import { createLog } from '../../../src/lib/log.ts';
import type { ArbitrageTransaction } from '../../../src/model/arbitrage-transaction.ts';
import type { ChainEvent } from '../../../src/model/chain.ts';
import type { Opportunity } from '../../../src/model/opportunity.ts';
import { type Anvil, HAS_ANVIL, startAnvil } from '../../support/anvil.ts';
import { CuttableProxy } from '../../support/proxy.ts';
import { UniswapMarket } from '../../support/uniswap.ts';
import { until } from '../../support/until.ts';

const CHAIN_ID = 137;
const E18 = 10n ** 18n;

/** Wall time, with waits a twentieth as long: a test need not sit through a back-off. */
const IMPATIENT: Clock = {
  ...systemClock,
  after: (ms, run) => systemClock.after(ms / 20, run),
};

let anvil: Anvil;
let market: UniswapMarket;
let snapshot: `0x${string}`;
/** Feeds of a test, with what they told and what the engine made of it. */
let followers: Follower[];

function chainOf(chainId = CHAIN_ID): EvmChain {
  return {
    chainId,
    name: 'Anvil',
    blockMs: 400,
    wrappedNative: market.native,
    nativeSymbol: 'ETHUSDT',
    stablecoins: [market.dollar],
    factories: [{ name: 'Uniswap V2', address: market.factory, kind: 'V2', feePpm: 3_000 }],
    routers: [market.router.toLowerCase()],
    multicall: null,
  };
}

class Follower {
  readonly events: ChainEvent[] = [];
  readonly outputs: ArbitrageOutput[] = [];
  readonly feed: ChainFeed;
  readonly engine: ArbitrageEngine;

  constructor(over: Partial<EvmFeedOptions> = {}) {
    const chain = chainOf();
    this.engine = createArbitrageEngine({ chains: [chain] });
    const token = market.native.toLowerCase();
    const at = { chainId: CHAIN_ID, timestamp: 0, receivedAt: 0 };
    this.engine.process({ kind: 'token-price', token, usd: decimal('2000'), ...at });
    this.feed = createEvmFeed({
      chain,
      url: anvil.wsUrl,
      pools: [],
      discover: true,
      after: [],
      watched: [],
      tokens: createMemoryTokenCache(),
      clock: IMPATIENT,
      log: createLog('silent'),
      random: () => 0,
      ...over,
    });
    followers.push(this);
  }

  async following(): Promise<this> {
    this.feed.start({
      event: (event) => {
        this.events.push(event);
        this.outputs.push(...this.engine.process(event));
      },
      statusChanged: () => undefined,
    });
    await until('the feed follows the chain', () => this.feed.status().status === 'HEALTHY');
    return this;
  }

  get opportunities(): readonly Opportunity[] {
    return this.outputs.flatMap((output) => (output.kind === 'opportunity' ? [output.opportunity] : []));
  }

  get transactions(): readonly ArbitrageTransaction[] {
    return this.outputs.flatMap((output) => (output.kind === 'transaction' ? [output.transaction] : []));
  }

  async opportunity(what: string, holds: (opportunity: Opportunity) => boolean): Promise<Opportunity> {
    await until(`an opportunity ${what}`, () => this.opportunities.some(holds));
    return this.opportunities.find(holds) as Opportunity;
  }

  /** Up to the block that the node has now. */
  async caughtUp(): Promise<void> {
    const { number } = await anvil.client.getBlock();
    await until('the head is heard', () => this.feed.status().head === Number(number));
  }
}

async function allPools(): Promise<readonly `0x${string}`[]> {
  const { native, dollar, third } = market;
  return [await market.pair(native, dollar), await market.pair(native, third), await market.pair(dollar, third)];
}

describe.skipIf(!HAS_ANVIL)('a real chain', () => {
  beforeAll(async () => {
    anvil = await startAnvil(CHAIN_ID);
    market = await UniswapMarket.deploy(anvil);
  });

  afterAll(async () => {
    await anvil?.stop();
  });

  beforeEach(async () => {
    followers = [];
    snapshot = await anvil.client.snapshot();
  });

  afterEach(async () => {
    await Promise.all(followers.map(({ feed }) => feed.stop()));
    await anvil.client.revert({ id: snapshot });
  });

  /** Somebody sells the third token for native coin: it is cheap there now. */
  const unbalance = () => market.swap(market.trader, 20_000n * E18, [market.third, market.native]);

  it('tells pools with what is in them, and then each block', async () => {
    const follower = await new Follower({ pools: await allPools() }).following();
    const listed = follower.events.flatMap((event) => (event.kind === 'pool' ? [event.pool] : []));
    expect(new Set(listed.map(({ address }) => address))).toEqual(new Set(await allPools()));
    expect(listed[0]).toMatchObject({ kind: 'V2', feePpm: 3_000, chainId: CHAIN_ID, token0: { decimals: 18 } });
    const read = follower.events.flatMap((event) => (event.kind === 'reserves' ? event.reserves : []));
    expect(read).toHaveLength(3);
    const before = follower.feed.status().head;
    const hash = await unbalance();
    await follower.caughtUp();
    const block = follower.events.at(-1);
    expect(block).toMatchObject({ kind: 'block', number: (before ?? 0) + 1 });
    expect(block?.kind === 'block' && block.receipts.map(({ txHash }) => txHash)).toEqual([hash]);
  });

  it.each(['ws', 'http'])(
    'over %s: a trade opens an opportunity, and who takes it is named with what it won, to the wei',
    async (scheme) => {
      const url = scheme === 'ws' ? anvil.wsUrl : anvil.httpUrl;
      const follower = await new Follower({ url, pools: await allPools() }).following();
      await unbalance();
      const opened = await follower.opportunity('opened', ({ state }) => state === 'OPENED');
      expect(opened).toMatchObject({ poolAddress: await market.pair(market.native, market.third), captured: false });
      const [first, ...rest] = opened.route.map(({ tokenOut }) => tokenOut as `0x${string}`);
      const path = [market.native, first as `0x${string}`, ...rest];
      const before = await market.balance(market.native, market.taker);
      const hash = await market.swap(market.taker, opened.optimalInput, path);
      const won = (await market.balance(market.native, market.taker)) - before;
      const closed = await follower.opportunity('closed', ({ state }) => state === 'CLOSED');
      expect(closed).toMatchObject({
        id: opened.id,
        closeReason: 'TAKEN',
        captured: true,
        capturedBy: market.taker,
        captureTxHash: hash,
      });
      const transaction = follower.transactions.at(-1);
      expect(transaction).toMatchObject({
        txHash: hash,
        strategy: 'THREE_HOP',
        opportunityId: opened.id,
        rounds: [{ account: market.taker, token: market.native, profit: won }],
      });
      // Nobody came in between: what was promised is what was won.
      expect(opened.grossProfit).toBe(won);
      expect(closed.realizedProfitUsd).toBe(transaction?.profitNetUsd);
      const { gasUsed, effectiveGasPrice } = await anvil.client.getTransactionReceipt({ hash });
      expect(transaction?.gasUsed).toBe(gasUsed);
      expect(Number(transaction?.gasCostNative)).toBeCloseTo(Number(gasUsed * effectiveGasPrice) / 1e18, 15);
    },
  );

  it('a reorganisation retracts what the removed blocks told', async () => {
    const follower = await new Follower({ pools: await allPools() }).following();
    const here = await anvil.client.snapshot();
    await unbalance();
    const opened = await follower.opportunity('opened', ({ state }) => state === 'OPENED');
    await anvil.client.revert({ id: here });
    await anvil.client.mine({ blocks: 2 });
    await follower.opportunity('retracted', ({ id, state }) => id === opened.id && state === 'RETRACTED');
    await follower.caughtUp();
    expect(follower.feed.status()).toMatchObject({ status: 'HEALTHY', reorgs: 1, lastReorgDepth: 1 });
    // It opens again as the same one where it comes back.
    await unbalance();
    const again = follower.opportunity(
      'opened again',
      ({ state, blockNumber }) => state === 'OPENED' && blockNumber > opened.blockNumber,
    );
    expect((await again).grossProfit).toBe(opened.grossProfit);
  });

  it('a reorganisation to a chain of the same height is noticed as well', async () => {
    const follower = await new Follower({ pools: await allPools() }).following();
    await unbalance();
    const opened = await follower.opportunity('opened', ({ state }) => state === 'OPENED');
    await anvil.client.request({
      // biome-ignore lint/suspicious/noExplicitAny: viem does not know anvil's own method.
      method: 'anvil_reorg' as any,
      params: [1, []] as never,
    });
    await follower.opportunity('retracted', ({ id, state }) => id === opened.id && state === 'RETRACTED');
  });

  it('pools that nobody named are taken up when they are heard, if their factory made them', async () => {
    const follower = await new Follower().following();
    expect(follower.events.filter(({ kind }) => kind === 'pool')).toEqual([]);
    await unbalance();
    await follower.caughtUp();
    const listed = follower.events.flatMap((event) => (event.kind === 'pool' ? [event.pool.address] : []));
    expect(listed).toEqual([await market.pair(market.native, market.third)]);
    await market.addLiquidity(market.native, market.late, E18, E18);
    await follower.caughtUp();
    const more = follower.events.flatMap((event) => (event.kind === 'pool' ? [event.pool.address] : []));
    expect(more.at(-1)).toBe(await market.pair(market.native, market.late));
  });

  it('a contract that no factory knows is not taken for a pool', async () => {
    const follower = await new Follower({ pools: [market.router, market.native] }).following();
    expect(follower.events.filter(({ kind }) => kind === 'pool')).toEqual([]);
    expect(follower.feed.status()).toMatchObject({ status: 'HEALTHY', poolCount: 0 });
  });

  it('a contract that calls itself a pair of a factory that did not make it is not taken for a pool', async () => {
    const imposter = await market.imposter(await market.pair(market.native, market.third));
    const follower = await new Follower({ pools: [imposter] }).following();
    expect(follower.events.filter(({ kind }) => kind === 'pool')).toEqual([]);
  });

  it('goes on from the block that was worked through before', async () => {
    const { number, hash } = await anvil.client.getBlock();
    await anvil.client.mine({ blocks: 3 });
    const after = [{ number: Number(number), hash }];
    const follower = await new Follower({ pools: await allPools(), after }).following();
    await follower.caughtUp();
    const blocks = follower.events.flatMap((event) => (event.kind === 'block' ? [event.number] : []));
    expect(blocks).toEqual([1, 2, 3].map((step) => Number(number) + step));
  });

  it('blocks that were missed while there was no connection are told once it is back, without a hole', async () => {
    const proxy = await CuttableProxy.to(anvil.httpUrl);
    const follower = await new Follower({ url: proxy.url.replace('http', 'ws'), pools: await allPools() }).following();
    const before = follower.feed.status().head ?? 0;
    proxy.cut();
    await until('it is told', () => follower.feed.status().status === 'DOWN');
    await anvil.client.mine({ blocks: 2 });
    await unbalance();
    proxy.mend();
    await follower.opportunity('opened', ({ state }) => state === 'OPENED');
    const blocks = follower.events.flatMap((event) => (event.kind === 'block' ? [event.number] : []));
    expect(blocks).toEqual([before + 1, before + 2, before + 3]);
    expect(follower.feed.status()).toMatchObject({ status: 'HEALTHY', message: '' });
  });

  it('a node of another chain is told, and nothing is taken from it', async () => {
    const stranger = new Follower({ chain: chainOf(1) });
    stranger.feed.start({ event: (event) => stranger.events.push(event), statusChanged: () => undefined });
    await until('the wrong chain is told', () => stranger.feed.status().errorCount > 0);
    expect(stranger.feed.status()).toMatchObject({ status: 'DOWN', message: 'the node is of chain 137, not 1' });
    expect(stranger.events).toEqual([]);
  });
});
