import { describe, expect, test } from 'vitest';
import { Handover } from '../../../src/feeds/binance/handover.ts';
import type { BookDiffHeard } from '../../../src/model/market-event.ts';

const diff = (U: number, u: number, pu: number | null = null, symbol = 'BTCUSDT'): BookDiffHeard => ({
  kind: 'book-diff',
  source: 'binance',
  symbol,
  firstUpdateId: U,
  lastUpdateId: u,
  previousUpdateId: pu,
  bids: [],
  asks: [],
  timestamp: 0,
  receivedAt: 0,
});

describe('diffs of two connections that deliver side by side', () => {
  test('one connection alone: everything counts, also what an engine will refuse', () => {
    const handover = new Handover();
    expect(handover.accepts(diff(1, 5), 'current')).toBe(true);
    expect(handover.accepts(diff(9, 12), 'current')).toBe(true);
    expect(handover.accepts(diff(1, 5), 'current')).toBe(true);
  });

  test('futures: the new one counts from the diff that chains, the old one until then', () => {
    const handover = new Handover();
    handover.accepts(diff(1, 5, 0), 'current');
    handover.begin(['BTCUSDT']);
    expect(handover.accepts(diff(3, 5, 2), 'successor')).toBe(false);
    expect(handover.accepts(diff(4, 9, 3), 'successor')).toBe(false);
    expect(handover.accepts(diff(6, 8, 5), 'current')).toBe(true);
    expect(handover.complete).toBe(false);
    expect(handover.accepts(diff(9, 11, 8), 'successor')).toBe(true);
    expect(handover.complete).toBe(true);
    expect(handover.accepts(diff(9, 11, 8), 'current')).toBe(false);
    expect(handover.accepts(diff(12, 13, 11), 'successor')).toBe(true);
  });

  test('spot: a diff that overlaps what was told continues it', () => {
    const handover = new Handover();
    handover.accepts(diff(1, 5), 'current');
    handover.begin(['BTCUSDT']);
    expect(handover.accepts(diff(7, 9), 'successor')).toBe(false);
    expect(handover.accepts(diff(4, 7), 'successor')).toBe(true);
    expect(handover.complete).toBe(true);
  });

  test('each symbol moves by itself', () => {
    const handover = new Handover();
    handover.accepts(diff(1, 5), 'current');
    handover.accepts(diff(1, 5, null, 'ETHUSDT'), 'current');
    handover.begin(['BTCUSDT', 'ETHUSDT']);
    expect(handover.accepts(diff(6, 7), 'successor')).toBe(true);
    expect(handover.accepts(diff(6, 7, null, 'ETHUSDT'), 'current')).toBe(true);
    expect(handover.accepts(diff(6, 7), 'current')).toBe(false);
    expect(handover.complete).toBe(false);
  });

  test('when the old one is gone before a symbol has moved, old news is dropped and the next counts', () => {
    const handover = new Handover();
    handover.accepts(diff(1, 5, 0), 'current');
    handover.begin(['BTCUSDT']);
    handover.end();
    expect(handover.accepts(diff(4, 5, 3), 'current')).toBe(false);
    expect(handover.accepts(diff(8, 9, 7), 'current')).toBe(true);
    expect(handover.complete).toBe(true);
    expect(handover.accepts(diff(2, 3, 1), 'current')).toBe(true);
  });

  test('after a loss whatever comes is a beginning', () => {
    const handover = new Handover();
    handover.accepts(diff(100, 105), 'current');
    handover.begin(['BTCUSDT']);
    handover.reset();
    expect(handover.accepts(diff(1, 2), 'current')).toBe(true);
  });
});
