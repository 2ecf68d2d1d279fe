import { encodeAbiParameters, padHex, parseAbiParameters } from 'viem/utils';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ArbitrageEngine, createArbitrageEngine } from '../../../src/engines/arbitrage/arbitrage-engine.ts';
import type { ChainLog, Hex, Receipt } from '../../../src/model/chain.ts';
import { TOPIC } from '../../../src/model/chain-logs.ts';
import type { Pool } from '../../../src/model/pool.ts';
import {
  at,
  BOT,
  BUSD,
  block,
  CAKE,
  E18,
  listed,
  MONEY,
  outputsAfter,
  pool,
  priced,
  type Reserves,
  ROUTER,
  receipt,
  removed,
  type SwapMade,
  swap,
  swapV3,
  TRADER,
  transactionsAfter,
  transfer,
  WBNB,
} from './chain-events.ts';

const A = pool(0x101, [WBNB, BUSD]);
const B = pool(0x102, [BUSD, CAKE]);
const C = pool(0x103, [WBNB, CAKE]);
const V3 = pool(0x104, [WBNB, BUSD], { kind: 'V3', feePpm: 500 });

const IN_A: Reserves = [A, 1_000n * E18, 630_000n * E18];
const IN_B: Reserves = [B, 600_000n * E18, 300_000n * E18];
const IN_C: Reserves = [C, 1_000n * E18, 300_000n * E18];

let engine: ArbitrageEngine;

beforeEach(() => {
  engine = createdWith();
});

function createdWith(...more: readonly Pool[]): ArbitrageEngine {
  const created = createArbitrageEngine({ chains: [MONEY] });
  for (const event of [priced(WBNB, '600'), ...[A, B, C, V3, ...more].map(listed)]) created.process(event);
  return created;
}

/** WBNB -> BUSD -> CAKE -> WBNB, each pool paying the account back. */
function triangle(account = BOT, input = 3n * E18) {
  const first = swap(IN_A, WBNB, input, account, account);
  const second = swap(IN_B, BUSD, first.out, account, account);
  const third = swap(IN_C, CAKE, second.out, account, account);
  return { steps: [first, second, third] as const, profit: third.out - input };
}

describe('a round', () => {
  it('over three pools that pay the account back each time is told once, with exact profit and cost', () => {
    const { steps, profit } = triangle();
    const [transaction, ...more] = transactionsAfter(
      engine,
      block(2, [
        receipt(
          5,
          TRADER,
          steps.flatMap(({ logs }) => logs),
          { gasUsed: 250_000n, gasPriceWei: 5_000_000_000n },
        ),
      ]),
    );
    expect(more).toEqual([]);
    expect(transaction).toMatchObject({
      chainId: 56,
      version: 1,
      retracted: false,
      fromAddress: TRADER,
      blockNumber: 2,
      gasPriceGwei: '5',
      gasUsed: 250_000n,
      gasCostNative: '0.00125',
      gasCostUsd: '0.75',
      swapCount: 3,
      strategy: 'THREE_HOP',
      poolsInvolved: [A.address, B.address, C.address],
      tokensInvolved: [WBNB.address, BUSD.address, CAKE.address],
      rounds: [{ account: BOT, token: WBNB.address, startAmount: 3n * E18, endAmount: 3n * E18 + profit, profit }],
      opportunityId: null,
    });
    expect(Number(transaction?.profitGrossUsd)).toBeCloseTo((Number(profit) / 1e18) * 600, 6);
    expect(Number(transaction?.profitNetUsd)).toBeCloseTo((Number(profit) / 1e18) * 600 - 0.75, 6);
  });

  it('that is handed from pool to pool, as a router does, is one as well', () => {
    const first = swap(IN_A, WBNB, E18, BOT, B.address);
    const second = swap(IN_B, BUSD, first.out, A.address, C.address);
    const third = swap(IN_C, CAKE, second.out, B.address, BOT);
    // Each pool's payment is the next one's income: the token sends one log for both.
    const logs = [...first.logs, ...second.logs.slice(1), ...third.logs.slice(1)];
    expect(transactionsAfter(engine, block(2, [receipt(1, TRADER, logs)]))).toMatchObject([{ strategy: 'THREE_HOP' }]);
  });

  it('in a flash swap, where the first pool tells last, is one as well', () => {
    const first = swap(IN_A, WBNB, E18, BOT, BOT);
    const second = swap(IN_B, BUSD, first.out, BOT, BOT);
    const third = swap(IN_C, CAKE, second.out, BOT, BOT);
    const [paidIn, paidOut, ...told] = first.logs as [ChainLog, ChainLog, ...ChainLog[]];
    const logs = [paidOut, ...second.logs, ...third.logs, paidIn, ...told];
    expect(transactionsAfter(engine, block(2, [receipt(1, TRADER, logs)]))).toMatchObject([
      { strategy: 'THREE_HOP', poolsInvolved: [A.address, B.address, C.address] },
    ]);
  });

  it('through a V3 pool is read by its signed amounts', () => {
    const first = swap(IN_A, WBNB, E18, BOT, BOT);
    const end = E18 + E18 / 20n;
    const logs = [
      ...first.logs,
      transfer(WBNB, V3.address, BOT, end),
      transfer(BUSD, BOT, V3.address, first.out),
      swapV3(V3, -end, first.out, BOT, BOT),
    ];
    expect(transactionsAfter(engine, block(2, [receipt(1, TRADER, logs)]))).toMatchObject([
      { strategy: 'TWO_HOP', rounds: [{ profit: E18 / 20n }] },
    ]);
  });

  it('with a loss is told with the loss', () => {
    const { steps } = triangle(BOT, 500n * E18);
    const found = transactionsAfter(
      engine,
      block(2, [
        receipt(
          1,
          TRADER,
          steps.flatMap(({ logs }) => logs),
        ),
      ]),
    );
    expect(Number(found[0]?.profitNetUsd)).toBeLessThan(0);
  });

  it('beside another is counted with it, unless it was ended before it was begun', () => {
    const { steps, profit } = triangle();
    const D = pool(0x105, [WBNB, BUSD]);
    const E = pool(0x106, [WBNB, BUSD]);
    const deep = 1_000_000n * E18;
    const there = swap([D, deep, 600n * deep], WBNB, E18, BOT, BOT);
    const back = swap([E, deep, 500n * deep], BUSD, there.out, BOT, BOT);
    const rounds = (...made: readonly SwapMade[]) =>
      transactionsAfter(
        createdWith(D, E),
        block(2, [
          receipt(
            1,
            TRADER,
            [...steps, ...made].flatMap(({ logs }) => logs),
          ),
        ]),
      )[0]?.rounds.map((round) => round.profit);
    expect(rounds(there, back)).toEqual([profit, back.out - E18]);
    expect(rounds(back, there)).toEqual([profit]);
  });

  it('in a token without a price has no dollars, and all the rest', () => {
    const start = swap(IN_B, CAKE, E18, BOT, BOT);
    const middle = swap(IN_A, BUSD, start.out, BOT, BOT);
    const end = swap(IN_C, WBNB, middle.out, BOT, BOT);
    const logs = [...start.logs, ...middle.logs, ...end.logs];
    expect(transactionsAfter(engine, block(2, [receipt(1, TRADER, logs)]))).toMatchObject([
      { profitGrossUsd: null, profitNetUsd: null, gasCostUsd: '0.12', rounds: [{ token: CAKE.address }] },
    ]);
  });
});

describe('what is no round', () => {
  const none = (logs: readonly ChainLog[], over = {}) =>
    expect(transactionsAfter(engine, block(2, [receipt(1, TRADER, logs, over)]))).toEqual([]);

  it('swaps whose first is paid by a pool, and whose last pays that pool', () => {
    const D = pool(0x105, [WBNB, BUSD]);
    engine.process(listed(D));
    const given = swap([D, 1_000n * E18, 600_000n * E18], BUSD, 600n * E18, TRADER, A.address);
    const first = swap(IN_A, WBNB, given.out, D.address, BOT);
    const second = swap(IN_B, BUSD, first.out, BOT, BOT);
    const third = swap(IN_C, CAKE, second.out, BOT, D.address);
    none([...given.logs, ...first.logs.slice(1), ...second.logs, ...third.logs]);
  });

  it('a single swap, or two that do not come back', () => {
    const { steps } = triangle();
    none(steps[0].logs);
    none([...steps[0].logs, ...steps[1].logs]);
  });

  it('swaps whose amounts differ by more than one per cent', () => {
    const first = swap(IN_A, WBNB, E18, BOT, BOT);
    const second = swap(IN_B, BUSD, (first.out * 98n) / 100n, BOT, BOT);
    const third = swap(IN_C, CAKE, second.out, BOT, BOT);
    none([...first.logs, ...second.logs, ...third.logs]);
    const close = swap(IN_B, BUSD, (first.out * 995n) / 1_000n, BOT, BOT);
    const end = swap(IN_C, CAKE, close.out, BOT, BOT);
    const logs = [...first.logs, ...close.logs, ...end.logs];
    expect(transactionsAfter(engine, block(3, [receipt(1, TRADER, logs)]))).toHaveLength(1);
  });

  it('swaps that end with somebody else', () => {
    const first = swap(IN_A, WBNB, E18, BOT, BOT);
    const second = swap(IN_B, BUSD, first.out, BOT, BOT);
    const third = swap(IN_C, CAKE, second.out, BOT, TRADER);
    none([...first.logs, ...second.logs, ...third.logs]);
  });

  it('the swap of a contract that is no known pool, though it tells as one', () => {
    const stranger = pool(0x999, [WBNB, CAKE]);
    const { steps } = triangle();
    const fake = swap([stranger, 1_000n * E18, 300_000n * E18], CAKE, steps[1].out, BOT, BOT);
    none([...steps[0].logs, ...steps[1].logs, ...fake.logs]);
  });

  it('a log that bears the topic and not the shape', () => {
    const { steps } = triangle();
    const cut = steps[2].logs.map((log) =>
      log.topics[0] === TOPIC.swapV2 ? { ...log, data: log.data.slice(0, -64) } : log,
    );
    none([...steps[0].logs, ...steps[1].logs, ...cut]);
    const bare = steps[2].logs.map((log) =>
      log.topics[0] === TOPIC.swapV2 ? { ...log, topics: [TOPIC.swapV2] } : log,
    );
    none([...steps[0].logs, ...steps[1].logs, ...bare]);
  });

  it('a transaction that failed', () => {
    none(
      triangle().steps.flatMap(({ logs }) => logs),
      { succeeded: false },
    );
  });
});

describe('a sandwich', () => {
  const attack = (account: string) => {
    const front = swap(IN_A, BUSD, 10_000n * E18, account, account);
    const victim = swap(front.after, BUSD, 20_000n * E18, TRADER, TRADER);
    const back = swap(victim.after, WBNB, front.out, account, account);
    const receipts = [receipt(1, account, front.logs), receipt(2, TRADER, victim.logs), receipt(3, account, back.logs)];
    return { receipts, profit: back.out - 10_000n * E18 };
  };

  it('is told with its victims and what it won, and counts for its pool', () => {
    const { receipts, profit } = attack(BOT);
    const outputs = outputsAfter(engine, block(2, receipts));
    expect(outputs).toContainEqual({
      kind: 'sandwich',
      sandwich: {
        chainId: 56,
        blockNumber: 2,
        pool: A.address,
        account: BOT,
        frontTxHash: receipts[0]?.txHash,
        backTxHash: receipts[2]?.txHash,
        victimTxHashes: [receipts[1]?.txHash],
        token: BUSD.address,
        profit,
      },
    });
    expect(profit).toBeGreaterThan(0n);
    const mev = outputs.flatMap((output) => (output.kind === 'pool-mev' ? [output.mev] : []));
    expect(mev).toMatchObject([{ pool: A.address, swaps: 3, sandwiches: 1, sandwichedSwaps: 1, arbitrageSwaps: 0 }]);
  });

  it('is none where a router was paid out, for it is everybody', () => {
    expect(outputsAfter(engine, block(2, attack(ROUTER).receipts)).map(({ kind }) => kind)).not.toContain('sandwich');
  });

  it('is none where only a part is put back, or the others are in the transaction itself', () => {
    const front = swap(IN_A, BUSD, 10_000n * E18, BOT, BOT);
    const victim = swap(front.after, BUSD, 20_000n * E18, TRADER, TRADER);
    const [whole, part] = [front.out, front.out / 2n].map((put) => swap(victim.after, WBNB, put, BOT, BOT));
    const kinds = (...receipts: readonly Receipt[]) =>
      outputsAfter(createdWith(), block(2, receipts)).map(({ kind }) => kind);
    const [first, other] = [receipt(1, BOT, front.logs), receipt(2, TRADER, victim.logs)];
    expect(kinds(first, other, receipt(3, BOT, whole?.logs ?? []))).toContain('sandwich');
    expect(kinds(first, other, receipt(3, BOT, part?.logs ?? []))).not.toContain('sandwich');
    const both = receipt(1, BOT, [...front.logs, ...victim.logs]);
    expect(kinds(both, receipt(3, BOT, whole?.logs ?? []))).not.toContain('sandwich');
  });

  it('is taken out of the counts with the block that held it', () => {
    engine.process(block(2, attack(BOT).receipts));
    const mev = outputsAfter(engine, removed(2)).flatMap((output) => (output.kind === 'pool-mev' ? [output.mev] : []));
    expect(mev).toMatchObject([{ pool: A.address, swaps: 0, sandwiches: 0, sandwichedSwaps: 0 }]);
  });

  it('is forgotten by the counts a thousand blocks later', () => {
    engine.process(block(2, attack(BOT).receipts));
    const later = swap(IN_A, WBNB, E18, TRADER, TRADER);
    const outputs = outputsAfter(engine, block(1_002, [receipt(9, TRADER, later.logs)]));
    const mev = outputs.flatMap((output) => (output.kind === 'pool-mev' ? [output.mev] : []));
    expect(mev).toMatchObject([{ swaps: 1, sandwiches: 0, windowBlocks: 1_000 }]);
  });
});

describe('a liquidation', () => {
  const topic = (address: string) => padHex(address as `0x${string}`, { size: 32 });
  const [market, borrower, liquidator] = [at(0x700), at(0x701), at(0x702)];

  it('is read as Aave tells it', () => {
    const data = encodeAbiParameters(parseAbiParameters('uint256, uint256, address, bool'), [
      100n,
      200n,
      liquidator as `0x${string}`,
      false,
    ]);
    const topics: Hex[] = [TOPIC.aaveLiquidation, topic(WBNB.address), topic(BUSD.address), topic(borrower)];
    const log: ChainLog = { address: market.toLowerCase(), topics, data, index: 0 };
    expect(outputsAfter(engine, block(2, [receipt(1, liquidator, [log])]))).toContainEqual({
      kind: 'liquidation',
      liquidation: {
        chainId: 56,
        blockNumber: 2,
        txHash: receipt(1, liquidator, []).txHash,
        protocol: 'AAVE',
        borrower,
        liquidator,
        debtToken: BUSD.address,
        collateralToken: WBNB.address,
        debtRepaid: 100n,
        collateralSeized: 200n,
      },
    });
  });

  it('is read as Compound tells it, and counts the swaps made beside it', () => {
    const data = encodeAbiParameters(parseAbiParameters('address, address, uint256, address, uint256'), [
      liquidator as `0x${string}`,
      borrower as `0x${string}`,
      100n,
      market as `0x${string}`,
      200n,
    ]);
    const log: ChainLog = { address: market.toLowerCase(), topics: [TOPIC.compoundLiquidation], data, index: 0 };
    const sold = swap(IN_A, WBNB, E18, liquidator, liquidator);
    const outputs = outputsAfter(engine, block(2, [receipt(1, liquidator, [log, ...sold.logs])]));
    expect(outputs).toContainEqual(
      expect.objectContaining({
        liquidation: expect.objectContaining({ protocol: 'COMPOUND', debtToken: null, borrower, liquidator }),
      }),
    );
    expect(outputs).toContainEqual(expect.objectContaining({ mev: expect.objectContaining({ liquidationSwaps: 1 }) }));
  });
});
