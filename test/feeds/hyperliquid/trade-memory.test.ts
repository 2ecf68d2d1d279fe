import { describe, expect, test } from 'vitest';
import { TradeMemory } from '../../../src/feeds/hyperliquid/trade-memory.ts';
import type { TradeHeard } from '../../../src/model/market-event.ts';

const trade = (second: number): TradeHeard => ({
  kind: 'trade',
  source: 'hyperliquid',
  symbol: 'BTC-PERP',
  tradeId: `${(second * 48_271) % 1_000}`,
  price: '1',
  quantity: '1',
  side: 'BUY',
  gapBefore: null,
  timestamp: second * 1_000,
  receivedAt: 0,
});

describe('after an earlier life', () => {
  test('what the venue repeats shows that none is missing, and what it had not told is told', () => {
    const memory = new TradeMemory();
    memory.goOnAfter('BTC-PERP', [trade(1), trade(2)]);
    expect(memory.unheard([trade(2), trade(3), trade(4)])).toEqual([trade(3), trade(4)]);
  });

  test('where it repeats nothing that is known, the next trade says so, once', () => {
    const memory = new TradeMemory();
    memory.goOnAfter('BTC-PERP', [trade(1), trade(2)]);
    const [first, second] = memory.unheard([trade(5), trade(6)]);
    expect(first?.gapBefore).toMatchObject({ from: 2_000, to: 5_000 });
    expect(second?.gapBefore).toBeNull();
  });

  test('of a symbol that nothing is known of it says nothing', () => {
    const memory = new TradeMemory();
    memory.goOnAfter('ETH-PERP', [trade(1)]);
    memory.goOnAfter('BTC-PERP', []);
    expect(memory.unheard([trade(5)])).toEqual([trade(5)]);
  });
});
