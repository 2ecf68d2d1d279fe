import { beforeEach, describe, expect, it } from 'vitest';
import { decimal } from '../../src/lib/decimal.ts';
import type { Price } from '../../src/model/price.ts';
import { PriceSources } from '../../src/workers/price-sources.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { price } from './hand-feed.ts';

let clock: FakeClock;
let sources: PriceSources;
let passed: string[];

const pass = (one: Price) => passed.push(`${one.source} ${one.price} ${one.primary ? 'primary' : '-'}`);

beforeEach(() => {
  clock = new FakeClock(1_000);
  sources = new PriceSources(clock);
  passed = [];
});

describe('prices of several feeds', () => {
  it('go out as they are while there is one feed, and it keeps no timer', () => {
    const only = sources.join('a', pass);
    only.offer(price('1', { source: 'a', primary: false }));
    expect(passed).toEqual(['a 1 -']);
    expect(clock.pending).toBe(0);
  });

  it('have one primary source a symbol; when that changes both are told, the loser first', () => {
    const a = sources.join('a', pass);
    const b = sources.join('b', pass);
    a.offer(price('1', { source: 'a' }));
    b.offer(price('2', { source: 'b', primary: false }));
    expect(passed).toEqual(['a 1 primary', 'b 2 -']);
    a.offer(price('1', { source: 'a', stale: true }));
    expect(passed.slice(2)).toEqual(['a 1 -', 'b 2 primary']);
    a.offer(price('3', { source: 'a' }));
    expect(passed.slice(4)).toEqual(['b 2 -', 'a 3 primary']);
    b.offer(price('4', { source: 'b', primary: false, confidence: decimal('1') }));
    expect(passed.slice(6)).toEqual(['b 4 -']);
  });

  it('change it when the primary one falls silent, without a word of either', async () => {
    const a = sources.join('a', pass);
    const b = sources.join('b', pass);
    a.offer(price('1', { source: 'a', receivedAt: clock.now() }));
    await clock.advance(30_000);
    b.offer(price('2', { source: 'b', primary: false, receivedAt: clock.now() }));
    passed = [];
    await clock.advance(29_000);
    expect(passed).toEqual([]);
    await clock.advance(10_000);
    expect(passed).toEqual(['a 1 -', 'b 2 primary']);
    a.leave();
    b.leave();
    expect(clock.pending).toBe(0);
  });
});
