import { beforeEach, describe, expect, it } from 'vitest';
import { type ArbitrageEngine, createArbitrageEngine } from '../../../src/engines/arbitrage/arbitrage-engine.ts';
import { decimal } from '../../../src/lib/decimal.ts';
import type { ChainEvent } from '../../../src/model/chain.ts';
import {
  BUSD,
  block,
  E18,
  MONEY,
  moved,
  opportunitiesAfter,
  outputsAfter,
  priced,
  type Reserves,
  receipt,
  removed,
  swap,
  TRADER,
  WBNB,
} from './chain-events.ts';
import { A, BALANCED_A, BALANCED_B, BEGINNING, MOVED_A, startedEngine, taking } from './two-pools.ts';

let engine: ArbitrageEngine;

beforeEach(() => {
  engine = startedEngine();
});

describe('a reorganisation', () => {
  it('retracts what the removed block opened; opened again by the same number it is the same one', () => {
    engine.process(block(2, [moved(1, MOVED_A)]));
    expect(opportunitiesAfter(engine, removed(2))).toMatchObject([
      { id: `56:${A.address}:2`, version: 2, state: 'RETRACTED' },
    ]);
    expect(opportunitiesAfter(engine, block(2, [moved(1, MOVED_A)], 'b'))).toMatchObject([
      { id: `56:${A.address}:2`, version: 3, state: 'OPENED' },
    ]);
  });

  it('brings a taken one back to life, and retracts the transaction; mined again it is told un-retracted', () => {
    engine.process(block(2, [moved(1, MOVED_A)]));
    const took = receipt(7, TRADER, taking(17_972n * E18).logs);
    engine.process(block(3, [took]));
    const outputs = outputsAfter(engine, removed(3));
    expect(outputs).toContainEqual(
      expect.objectContaining({
        kind: 'transaction',
        transaction: expect.objectContaining({ txHash: took.txHash, version: 2, retracted: true }),
      }),
    );
    expect(outputs).toContainEqual(
      expect.objectContaining({
        kind: 'opportunity',
        opportunity: expect.objectContaining({ version: 3, state: 'UPDATED', closeReason: null, captured: false }),
      }),
    );
    const again = outputsAfter(engine, block(3, [], 'b'), block(4, [took], 'b'));
    expect(again.flatMap((output) => (output.kind === 'transaction' ? [output.transaction] : []))).toMatchObject([
      { txHash: took.txHash, version: 3, retracted: false, blockNumber: 4 },
    ]);
    expect(again.flatMap((output) => (output.kind === 'opportunity' ? [output.opportunity] : []))).toMatchObject([
      { version: 4, state: 'CLOSED', closeReason: 'TAKEN' },
    ]);
  });

  it('of several blocks counts versions on: each is told once, and the last word is the highest', () => {
    const all = [
      block(2, [moved(1, MOVED_A)]),
      block(3, [receipt(7, TRADER, taking(17_972n * E18).logs)]),
      removed(3),
      removed(2),
    ].flatMap((event) => opportunitiesAfter(engine, event));
    expect(all.map(({ version, state }) => [version, state])).toEqual([
      [1, 'OPENED'],
      [2, 'CLOSED'],
      [3, 'UPDATED'],
      [4, 'RETRACTED'],
    ]);
    expect(all.map(({ before }) => before?.state ?? null)).toEqual([null, 'OPENED', 'CLOSED', 'UPDATED']);
  });

  it('takes back as well what was too little to be told', () => {
    const [opened] = opportunitiesAfter(engine, block(2, [moved(1, MOVED_A)]));
    const hardly: Reserves = [A, MOVED_A[1] + E18 / 100n, MOVED_A[2]];
    expect(opportunitiesAfter(engine, block(3, [moved(1, hardly)]))).toEqual([]);
    engine.process(removed(3));
    const [repriced] = opportunitiesAfter(engine, priced(WBNB, '700'), block(3, [], 'b'));
    expect(repriced).toMatchObject({ state: 'UPDATED', version: 2, grossProfit: opened?.grossProfit });
  });

  it('leaves behind what would be there had the removed blocks never been', () => {
    const straight = startedEngine();
    const detour = [
      block(2, [moved(1, swap(BALANCED_A, BUSD, 90_000n * E18, TRADER, TRADER).after)]),
      block(3, [moved(1, swap(BALANCED_B, BUSD, 190_000n * E18, TRADER, TRADER).after)]),
      removed(3),
      removed(2),
    ];
    for (const event of detour) engine.process(event);
    const after = [block(2, [moved(1, MOVED_A)], 'b'), block(3, [moved(1, BALANCED_A)], 'b')];
    const told = (from: ArbitrageEngine) =>
      after.map((event) => opportunitiesAfter(from, event).map(({ version, ...rest }) => rest));
    expect(told(engine)).toEqual(told(straight));
  });

  it('of a block that is not the head changes nothing', () => {
    engine.process(block(2, [moved(1, MOVED_A)]));
    expect(engine.process(removed(1))).toEqual([]);
    expect(opportunitiesAfter(engine, removed(2, 'elsewhere'))).toEqual([]);
  });
});

describe('a replay', () => {
  it('gives the same outputs', () => {
    const events: readonly ChainEvent[] = [
      ...BEGINNING,
      block(2, [moved(1, MOVED_A)]),
      block(3, [receipt(7, TRADER, taking(17_972n * E18).logs)]),
      removed(3),
      block(3, [], 'b'),
    ];
    const run = () => {
      const fresh = createArbitrageEngine({ chains: [MONEY], minProfitUsd: decimal('0.5') });
      return events.map((event) => fresh.process(event));
    };
    expect(run()).toEqual(run());
    expect(run().flat().length).toBeGreaterThan(8);
  });
});
