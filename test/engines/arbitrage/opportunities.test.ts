import { beforeEach, describe, expect, it } from 'vitest';
import { type ArbitrageEngine, createArbitrageEngine } from '../../../src/engines/arbitrage/arbitrage-engine.ts';
import { amountsAlong, optimum } from '../../../src/lib/finance/constant-product.ts';
import {
  BOT,
  BUSD,
  block,
  CAKE,
  DOGE,
  E18,
  listed,
  MONEY,
  moved,
  opportunitiesAfter,
  outputsAfter,
  pool,
  priced,
  type Reserves,
  read,
  receipt,
  swap,
  TRADER,
  token,
  transfer,
  WBNB,
} from './chain-events.ts';
import { A, B, BALANCED_A, BALANCED_B, MOVED_A, startedEngine, taking } from './two-pools.ts';

let engine: ArbitrageEngine;

beforeEach(() => {
  engine = startedEngine();
});

describe('an imbalance', () => {
  it('opens an opportunity of the pool that moved, with the best input, wei-exact, and gas taken off', () => {
    const [opportunity, ...more] = opportunitiesAfter(engine, block(2, [moved(1, MOVED_A)]));
    expect(more).toEqual([]);
    expect(opportunity).toMatchObject({
      id: `56:${A.address}:2`,
      version: 1,
      state: 'OPENED',
      closeReason: null,
      poolName: 'WBNB-BUSD',
      poolAddress: A.address,
      reserve0: MOVED_A[1],
      reserve1: MOVED_A[2],
      blockNumber: 2,
      ageBlocks: 0,
      captured: false,
      // 185,000 gas at 1 gwei; 600 dollars a coin.
      gasCostNative: '0.000185',
      gasCostUsd: '0.111',
    });
    const route = opportunity?.route ?? [];
    // The native coin is what profit is counted in: bought dear nowhere, so it is sold in B and bought back in A.
    expect(route.map(({ poolAddress, tokenIn, tokenOut }) => [poolAddress, tokenIn, tokenOut])).toEqual([
      [B.address, WBNB.address, BUSD.address],
      [A.address, BUSD.address, WBNB.address],
    ]);
    const hops = [
      { reserveIn: BALANCED_B[1], reserveOut: BALANCED_B[2], feePpm: 3_000 },
      { reserveIn: MOVED_A[2], reserveOut: MOVED_A[1], feePpm: 2_500 },
    ];
    const best = optimum(hops);
    expect(opportunity?.optimalInput).toBe(best?.input);
    expect(opportunity?.grossProfit).toBe(best?.profit);
    expect(route.map(({ amountOut }) => amountOut)).toEqual(amountsAlong(hops, best?.input ?? 0n).slice(1));
    // 9.9 % between the two prices.
    expect(opportunity?.imbalancePct).toBeCloseTo(10.237, 2);
    expect(opportunity?.referenceDeviationPct).toBeCloseTo(-9.287, 2);
    const gross = Number(best?.profit) / 1e18;
    expect(Number(opportunity?.profitNative)).toBeCloseTo(gross - 0.000185, 12);
    expect(Number(opportunity?.profitUsd)).toBeCloseTo(gross * 600 - 0.111, 6);
  });

  it('that the fees eat opens none', () => {
    const slightly = swap(BALANCED_A, WBNB, E18, TRADER, TRADER).after;
    expect(opportunitiesAfter(engine, block(2, [moved(1, slightly)]))).toEqual([]);
  });

  it('that gas eats opens none', () => {
    const dear = { ...block(2, [moved(1, MOVED_A)]), gasPriceWei: 10n ** 15n };
    expect(opportunitiesAfter(engine, dear)).toEqual([]);
  });

  it('is judged by what the block left behind, not by what it passed through', () => {
    const through = receipt(1, TRADER, [...moved(1, MOVED_A).logs, ...moved(1, BALANCED_A).logs]);
    expect(opportunitiesAfter(engine, block(2, [through]))).toEqual([]);
  });

  it('is found around three pools, and shown with its route', () => {
    const [c, d] = [pool(0x103, [BUSD, CAKE]), pool(0x104, [WBNB, CAKE])];
    for (const each of [c, d]) engine.process(listed(each));
    // CAKE at 2 dollars, then cheaper by WBNB.
    engine.process(read(1, [c, 100_000n * E18, 50_000n * E18], [d, 1_000n * E18, 300_000n * E18]));
    const found = opportunitiesAfter(engine, block(2, [moved(1, [d, 1_000n * E18, 330_000n * E18])]));
    // Over the deeper of the two WBNB-BUSD pools.
    expect(found.map(({ route }) => route.map(({ poolAddress }) => poolAddress))).toEqual([
      [d.address, c.address, B.address],
    ]);
    expect(found[0]?.poolAddress).toBe(d.address);
  });

  it('is found around four pools', () => {
    const E8 = 10n ** 8n;
    const [c, e, f] = [pool(0x103, [BUSD, CAKE]), pool(0x105, [CAKE, DOGE]), pool(0x106, [WBNB, DOGE])];
    for (const each of [c, e, f]) engine.process(listed(each));
    // CAKE at 2 dollars, DOGE at 10 cents, then dearer by WBNB.
    const doge: Reserves = [f, 1_000n * E18, 6_000_000n * E8];
    engine.process(read(1, [c, 100_000n * E18, 50_000n * E18], [e, 100_000n * E18, 2_000_000n * E8], doge));
    const found = opportunitiesAfter(engine, block(2, [moved(1, [f, 1_100n * E18, 5_500_000n * E8])]));
    expect(found.map(({ route }) => route.map(({ poolAddress }) => poolAddress))).toEqual([
      [B.address, c.address, e.address, f.address],
    ]);
  });

  it('opens nothing in tokens that nobody has priced', () => {
    const fresh = createArbitrageEngine({ chains: [MONEY] });
    const [x, y] = [token(0x50, 'X'), token(0x60, 'Y')];
    const [p, q] = [pool(0x201, [x, y]), pool(0x202, [x, y])];
    for (const each of [p, q]) fresh.process(listed(each));
    fresh.process(read(1, [p, E18, E18], [q, E18, E18]));
    expect(opportunitiesAfter(fresh, priced(WBNB, '600'), block(2, [moved(1, [p, E18, 2n * E18])]))).toEqual([]);
  });

  it('is told at once where pools are out of balance when they are first read', () => {
    const fresh = createArbitrageEngine({ chains: [MONEY] });
    const found = opportunitiesAfter(fresh, priced(WBNB, '600'), listed(A), listed(B), read(1, MOVED_A, BALANCED_B));
    expect(found.map(({ state }) => state)).toEqual(['OPENED']);
  });
});

describe('an open opportunity', () => {
  beforeEach(() => {
    engine.process(block(2, [moved(1, MOVED_A)]));
  });

  it('is told again when its profit has changed by more than the threshold, and not before', () => {
    const [, reserve0, reserve1] = MOVED_A;
    const hardly: Reserves = [A, reserve0 + E18 / 100n, reserve1];
    expect(opportunitiesAfter(engine, block(3, [moved(1, hardly)]))).toEqual([]);
    const more = swap(MOVED_A, WBNB, 5n * E18, TRADER, TRADER).after;
    expect(opportunitiesAfter(engine, block(5, [moved(1, more)]))).toMatchObject([
      { id: `56:${A.address}:2`, version: 2, state: 'UPDATED', blockNumber: 5, ageBlocks: 3, reserve0: more[1] },
    ]);
  });

  it('is told again when gas or prices have moved its profit', () => {
    expect(opportunitiesAfter(engine, priced(WBNB, '700'), block(3))).toMatchObject([{ version: 2, state: 'UPDATED' }]);
  });

  it('opens no second one when another pool of its route moves', () => {
    const more = swap(BALANCED_B, BUSD, 30_000n * E18, TRADER, TRADER).after;
    expect(opportunitiesAfter(engine, block(3, [moved(1, more)]))).toMatchObject([
      { poolAddress: A.address, version: 2, state: 'UPDATED' },
    ]);
  });

  it('is told again when a pool that its route did not pass offers a better one', () => {
    const c = pool(0x103, [WBNB, BUSD]);
    engine.process(listed(c));
    engine.process(block(3, [moved(1, [c, 1_000n * E18, 600_000n * E18])]));
    const dear: Reserves = [c, 1_000n * E18, 660_000n * E18];
    const told = opportunitiesAfter(engine, block(4, [moved(1, dear)]));
    const own = told.find(({ poolAddress }) => poolAddress === A.address);
    expect(own).toMatchObject({ state: 'UPDATED' });
    expect(own?.route.map(({ poolAddress }) => poolAddress)).toEqual([c.address, A.address]);
  });

  it('closes as TAKEN by the transaction that took it, with what that one realised', () => {
    const { logs, profit } = taking(17_972n * E18);
    const took = receipt(7, TRADER, logs);
    const outputs = outputsAfter(engine, block(3, [took]));
    const opportunity = outputs.flatMap((output) => (output.kind === 'opportunity' ? [output.opportunity] : []))[0];
    const transaction = outputs.flatMap((output) => (output.kind === 'transaction' ? [output.transaction] : []))[0];
    expect(transaction).toMatchObject({
      txHash: took.txHash,
      strategy: 'TWO_HOP',
      swapCount: 2,
      opportunityId: `56:${A.address}:2`,
      rounds: [{ account: BOT, token: BUSD.address, startAmount: 17_972n * E18, profit }],
      gasCostNative: '0.0002',
      gasCostUsd: '0.12',
    });
    expect(Number(transaction?.profitGrossUsd)).toBeCloseTo(Number(profit) / 1e18, 6);
    expect(opportunity).toMatchObject({
      version: 2,
      state: 'CLOSED',
      closeReason: 'TAKEN',
      captured: true,
      capturedBy: TRADER,
      captureTxHash: took.txHash,
      realizedProfitUsd: transaction?.profitNetUsd,
      // The last open figures stay.
      reserve0: MOVED_A[1],
    });
  });

  it('closes as CONVERGED when a trade that is no arbitrage brings the pool back', () => {
    const back = swap(MOVED_A, BUSD, 28_500n * E18, TRADER, TRADER);
    expect(opportunitiesAfter(engine, block(3, [receipt(1, TRADER, back.logs)]))).toMatchObject([
      { state: 'CLOSED', closeReason: 'CONVERGED', captured: false, capturedBy: null, realizedProfitUsd: null },
    ]);
  });

  it('is not taken by a round that passes the pool the other way', () => {
    // Buys in B to sell in A at a loss, and a plain trade then brings A back.
    const first = swap(BALANCED_B, BUSD, 1_000n * E18, BOT, BOT);
    const second = swap(MOVED_A, WBNB, first.out, BOT, BOT);
    const back = swap(second.after, BUSD, 30_000n * E18, TRADER, TRADER);
    const receipts = [receipt(1, TRADER, [...first.logs, ...second.logs]), receipt(2, TRADER, back.logs)];
    expect(opportunitiesAfter(engine, block(3, receipts))).toMatchObject([{ closeReason: 'CONVERGED' }]);
  });

  it('closes as EXPIRED when nobody takes it, and stays silent until the imbalance has gone away once', () => {
    for (let number = 3; number <= 102; number++) expect(opportunitiesAfter(engine, block(number))).toEqual([]);
    expect(opportunitiesAfter(engine, block(103))).toMatchObject([{ state: 'CLOSED', closeReason: 'EXPIRED' }]);
    const still = swap(MOVED_A, WBNB, E18, TRADER, TRADER).after;
    expect(opportunitiesAfter(engine, block(104, [moved(1, still)]))).toEqual([]);
    expect(opportunitiesAfter(engine, block(105, [moved(1, BALANCED_A)]))).toEqual([]);
    expect(opportunitiesAfter(engine, block(106, [moved(1, MOVED_A)]))).toMatchObject([{ state: 'OPENED' }]);
  });

  it('gives way to one the other way round when the pool jumps to the other side', () => {
    const across = swap(MOVED_A, BUSD, 80_000n * E18, TRADER, TRADER);
    expect(opportunitiesAfter(engine, block(3, [receipt(1, TRADER, across.logs)]))).toMatchObject([
      { id: `56:${A.address}:2`, state: 'CLOSED', closeReason: 'CONVERGED' },
      { id: `56:${A.address}:3`, state: 'OPENED' },
    ]);
  });
});

describe('what a node says twice, late or wrongly', () => {
  it('changes nothing: a block read again, a block below the head, reserves older than the head', () => {
    const first = block(2, [moved(1, MOVED_A)]);
    engine.process(first);
    expect(engine.process(first)).toEqual([]);
    expect(engine.process(block(1, [moved(1, BALANCED_A)]))).toEqual([]);
    expect(engine.process(read(1, BALANCED_A))).toEqual([]);
    expect(opportunitiesAfter(engine, block(3, [moved(1, BALANCED_A)]))).toMatchObject([{ state: 'CLOSED' }]);
  });

  it('is ignored where it concerns a chain that is not followed, or a pool that is not known', () => {
    const stranger = pool(0x999, [WBNB, BUSD]);
    expect(engine.process({ ...block(2), chainId: 1 })).toEqual([]);
    expect(engine.process(block(2, [moved(1, [stranger, E18, E18])]))).toEqual([]);
  });

  it('opens nothing in a pool that is emptied', () => {
    expect(opportunitiesAfter(engine, block(2, [moved(1, [A, 0n, 0n])]))).toEqual([]);
    expect(opportunitiesAfter(engine, block(3, [moved(1, [A, 0n, 10n * E18])]))).toEqual([]);
  });
});

describe('a token', () => {
  it('with more places than an amount of it could be told with is left out', () => {
    const odd = token(0x50, 'ODD', 77);
    const [p, q] = [pool(0x201, [WBNB, odd]), pool(0x202, [WBNB, odd])];
    for (const each of [p, q]) engine.process(listed(each));
    engine.process(read(1, [p, E18, E18], [q, 9n * E18, E18]));
    expect(outputsAfter(engine, block(2, [moved(1, [p, 100n * E18, E18])]))).toEqual([]);
  });

  it.each([0, 6, 36])('with %i places gives an exact profit', (decimals) => {
    const one = 10n ** BigInt(decimals);
    const odd = token(0x50, null, decimals);
    const [p, q] = [pool(0x201, [WBNB, odd]), pool(0x202, [WBNB, odd])];
    for (const each of [p, q]) engine.process(listed(each));
    engine.process(read(1, [p, 100n * E18, 1_000n * one], [q, 100n * E18, 1_000n * one]));
    const found = opportunitiesAfter(engine, block(2, [moved(1, [p, 120n * E18, 834n * one])]));
    expect(found).toMatchObject([{ poolName: 'WBNB-0x000000', state: 'OPENED' }]);
    const { route = [], optimalInput = 0n, grossProfit } = found[0] ?? {};
    expect((route.at(-1)?.amountOut ?? 0n) - optimalInput).toBe(grossProfit);
    expect(Number(found[0]?.grossProfitUsd)).toBeCloseTo((Number(grossProfit) / 1e18) * 600, 6);
  });

  it('that keeps a part of each transfer ends what is open in its pools, and they are left out from there on', () => {
    engine.process(block(2, [moved(1, MOVED_A)]));
    const taxed = swap(BALANCED_B, WBNB, E18, TRADER, TRADER);
    const logs = taxed.logs.map((each, index) =>
      index === 1 ? transfer(BUSD, B.address, TRADER, (taxed.out * 9n) / 10n) : each,
    );
    expect(opportunitiesAfter(engine, block(3, [receipt(1, TRADER, logs)]))).toMatchObject([
      { state: 'CLOSED', closeReason: 'EXPIRED' },
    ]);
    const outputs = outputsAfter(engine, block(4, [moved(1, BALANCED_A)]), block(5, [moved(1, MOVED_A)]));
    expect(outputs).toMatchObject([
      { kind: 'pool-state', state: { excluded: 'a token of this pool keeps a part of each transfer' } },
    ]);
  });
});
