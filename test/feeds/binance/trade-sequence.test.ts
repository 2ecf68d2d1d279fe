import { describe, expect, test } from 'vitest';
import { type PastTrades, TradeSequence } from '../../../src/feeds/binance/trade-sequence.ts';
import { createLog } from '../../../src/lib/log.ts';
import type { TradeHeard } from '../../../src/model/market-event.ts';

/** Trades are 10 ms apart, so that a gap's times say between which two it lies. */
const trade = (id: number): TradeHeard => ({
  kind: 'trade',
  source: 'binance',
  symbol: 'BTCUSDT',
  tradeId: String(id),
  price: '1',
  quantity: '1',
  side: 'BUY',
  gapBefore: null,
  timestamp: id * 10,
  receivedAt: 0,
});

interface Question {
  readonly fromId: number;
  readonly toId: number;
  readonly signal: AbortSignal;
  answer(past: PastTrades): Promise<void>;
}

function sequence() {
  const told: TradeHeard[] = [];
  const questions: Question[] = [];
  const made = new TradeSequence({
    symbol: 'BTCUSDT',
    emit: (one) => told.push(one),
    past: (fromId, toId, signal) => {
      const { promise, resolve } = Promise.withResolvers<PastTrades>();
      questions.push({
        fromId,
        toId,
        signal,
        answer: async (past) => {
          resolve(past);
          await new Promise(setImmediate);
        },
      });
      return promise;
    },
    log: createLog('silent'),
  });
  const accept = (...ids: readonly number[]) => {
    for (const id of ids) made.accept(trade(id));
  };
  return { made, questions, accept, ids: () => told.map(({ tradeId }) => Number(tradeId)), told };
}

describe('trades in the order of their ids, each once', () => {
  test('after an earlier life the hole since then is filled from history, and told where that fails', async () => {
    const { made, accept, ids, questions, told } = sequence();
    made.goOnAfter(499, 4_990);
    accept(499, 502);
    expect(ids()).toEqual([]);
    expect(questions).toMatchObject([{ fromId: 500, toId: 501 }]);
    await questions[0]?.answer({ trades: [trade(501)], missing: 'no more' });
    expect(ids()).toEqual([501, 502]);
    expect(told.map(({ gapBefore }) => gapBefore)).toEqual([{ from: 4_990, to: 5_010, reason: 'no more' }, null]);
  });

  test('the first trade opens the sequence wherever it is: what was before was never ours', () => {
    const { accept, ids, questions } = sequence();
    accept(500, 501);
    expect(ids()).toEqual([500, 501]);
    expect(questions).toEqual([]);
  });

  test('a repeat, and a trade from before, are told once', () => {
    const { accept, ids } = sequence();
    accept(1, 2, 2, 1, 3);
    expect(ids()).toEqual([1, 2, 3]);
  });

  test('a hole is filled from history before what came after it is told', async () => {
    const { accept, ids, questions, told } = sequence();
    accept(1, 2, 6, 7);
    expect(ids()).toEqual([1, 2]);
    expect(questions).toMatchObject([{ fromId: 3, toId: 5 }]);
    accept(8);
    await questions[0]?.answer({ trades: [trade(5), trade(3), trade(4)], missing: '' });
    expect(ids()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(told.every(({ gapBefore }) => gapBefore === null)).toBe(true);
    accept(9);
    expect(ids().at(-1)).toBe(9);
  });

  test('what history does not have is told as a gap on the next trade', async () => {
    const { accept, ids, questions, told } = sequence();
    accept(1, 5);
    await questions[0]?.answer({ trades: [], missing: 'the venue refused' });
    expect(ids()).toEqual([1, 5]);
    expect(told[1]?.gapBefore).toEqual({ from: 10, to: 50, reason: 'the venue refused' });
    accept(6);
    expect(told[2]?.gapBefore).toBeNull();
  });

  test('each of two holes within what history gave is told where it is', async () => {
    const { accept, ids, questions, told } = sequence();
    accept(1, 8);
    await questions[0]?.answer({ trades: [trade(3), trade(4), trade(6), trade(7)], missing: '' });
    expect(ids()).toEqual([1, 3, 4, 6, 7, 8]);
    expect(told.map(({ gapBefore }) => gapBefore && [gapBefore.from, gapBefore.to])).toEqual([
      null,
      [10, 30],
      null,
      [40, 60],
      null,
      null,
    ]);
    expect(told[1]?.gapBefore?.reason).toContain('history');
  });

  test('history that gives more than was asked for adds nothing twice', async () => {
    const { accept, ids, questions } = sequence();
    accept(5, 8, 9);
    await questions[0]?.answer({ trades: [4, 5, 6, 7, 8, 9, 10].map(trade), missing: '' });
    accept(10);
    expect(ids()).toEqual([5, 6, 7, 8, 9, 10]);
  });

  test('a second hole behind the first is filled after it', async () => {
    const { accept, ids, questions } = sequence();
    accept(1, 3, 4, 7);
    await questions[0]?.answer({ trades: [trade(2)], missing: '' });
    expect(ids()).toEqual([1, 2, 3, 4]);
    expect(questions[1]).toMatchObject({ fromId: 5, toId: 6 });
    accept(8);
    await questions[1]?.answer({ trades: [trade(5), trade(6)], missing: '' });
    expect(ids()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('a number that was no trade is no hole', () => {
    const { made, accept, ids, questions } = sequence();
    accept(1);
    made.skip(2, 20);
    accept(3);
    expect(ids()).toEqual([1, 3]);
    expect(questions).toEqual([]);
  });

  test('a gap before a number that was no trade is told with the trade after it', async () => {
    const { made, accept, questions, told } = sequence();
    accept(1);
    made.skip(4, 40);
    accept(5);
    await questions[0]?.answer({ trades: [], missing: 'gone' });
    expect(told[1]).toMatchObject({ tradeId: '5', gapBefore: { from: 10, to: 50, reason: 'gone' } });
  });

  test('more than can be held ends the waiting: the gap is told, nothing that came is lost', async () => {
    const { accept, ids, questions, told } = sequence();
    accept(1);
    for (let id = 3; id <= 20_010; id++) accept(id);
    expect(ids().length).toBe(20_009);
    expect(told[1]?.gapBefore?.reason).toContain('too many');
    expect(questions[0]?.signal.aborted).toBe(true);
    await questions[0]?.answer({ trades: [trade(2)], missing: '' });
    expect(ids().slice(0, 3)).toEqual([1, 3, 4]);
  });

  test('stopped, it gives up the question and tells nothing', async () => {
    const { made, accept, ids, questions } = sequence();
    accept(1, 3);
    made.stop();
    expect(questions[0]?.signal.aborted).toBe(true);
    await questions[0]?.answer({ trades: [trade(2)], missing: '' });
    expect(ids()).toEqual([1]);
  });
});

test('the next id is known also while a hole is filled', () => {
  const { made, accept } = sequence();
  expect(made.continuesWith(77)).toBe(true);
  accept(1, 3);
  expect(made.continuesWith(4)).toBe(true);
  expect(made.continuesWith(2)).toBe(false);
  expect(made.continuesWith(5)).toBe(false);
});
