import { describe, expect, test } from 'vitest';
import { Newest, newestResults } from '../../src/client/newest.ts';

const value = (sequence: number, price: string, more: object = {}) => ({
  price: { __typename: 'Price', id: 'p', sequence, price, ...more },
});

describe('an answer that was overtaken', () => {
  test('does not take a cache back in time, wherever the entity stands in it', () => {
    const newest = new Newest();
    newest.heard({ prices: value(7, '7').price });
    expect(newest.answer(value(6, '6'))).toEqual(value(7, '7'));
    expect(newest.answer({ list: [{ nested: value(6, '6') }] })).toEqual({ list: [{ nested: value(7, '7') }] });
    expect(newest.answer(value(8, '8'))).toEqual(value(8, '8'));
    expect(newest.answer(value(7, '7'))).toEqual(value(8, '8'));
  });

  test('keeps what was never heard, and pages, which differ by their arguments', () => {
    const newest = new Newest();
    newest.heard({ prices: { ...value(7, '7').price, history: { pageInfo: {}, edges: [1] } } });
    const late = { ...value(6, '6').price, symbol: 'A', history: { pageInfo: {}, edges: [2] } };
    expect(newest.answer({ price: late })).toEqual({ price: { ...late, sequence: 7, price: '7' } });
  });

  test('is told by `version` where entities have one; values without an id, and what has neither, stay', () => {
    const newest = new Newest();
    newest.heard({ alerts: { __typename: 'Alert', id: 'a', version: 3, state: 'RESOLVED' } });
    expect(newest.answer({ a: { __typename: 'Alert', id: 'a', version: 2, state: 'OPEN' } })).toEqual({
      a: { __typename: 'Alert', id: 'a', version: 3, state: 'RESOLVED' },
    });
    const others = { m: { __typename: 'Market', id: 'm', symbol: 'A' }, v: { __typename: 'PriceLevel', price: '1' } };
    expect(newest.answer(others)).toBe(others);
  });

  test('frames of subscriptions are never changed: a life that begins anew is the truth', () => {
    const newest = new Newest();
    newest.heard(value(900, 'old'));
    newest.heard(value(1, 'new', { snapshot: true }));
    expect(newest.answer(value(2, 'newer'))).toEqual(value(2, 'newer'));
    const { onResult } = newestResults(newest);
    const frame = { operation: { kind: 'subscription' }, data: value(1, 'older') };
    expect(onResult(frame)).toBe(frame);
    expect(onResult({ operation: { kind: 'query' }, data: value(1, 'older') }).data).toEqual(value(2, 'newer'));
  });

  test('is believed again when nothing was heard for longer than any answer takes', () => {
    let now = 0;
    const newest = new Newest(() => now);
    newest.heard(value(900, 'old'));
    now = 30_001;
    expect(newest.answer(value(1, 'new'))).toEqual(value(1, 'new'));
  });
});
