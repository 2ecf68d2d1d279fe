import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CandleEngine, type CandleEvent } from '../../../src/engines/candles/candle-engine.ts';
import { decimal } from '../../../src/lib/decimal.ts';
import { CANDLE_INTERVALS, type Candle, candleKey, INTERVAL_MS } from '../../../src/model/candle.ts';
import type { Trade } from '../../../src/model/trade.ts';
import { price, trade } from '../../support/market.ts';

const START = Date.UTC(2026, 0, 1, 12);

let sequence = 0;

const traded = (at: number, text: string, more: Partial<Trade> = {}): CandleEvent => {
  sequence++;
  const timestamp = START + at;
  return {
    kind: 'trade',
    trade: trade('A', sequence, { price: decimal(text), timestamp, receivedAt: timestamp + 50, ...more }),
    place: { epoch: 'e', sequence },
  };
};

const time = (at: number): CandleEvent => ({ kind: 'time', now: START + at });

/** An engine with all that it has put out, flushed after every event: of each bar the last word. */
class Followed {
  readonly engine = new CandleEngine();
  readonly bars = new Map<string, Candle>();
  readonly ended: string[] = [];
  readonly closings: string[] = [];

  tell(...events: readonly CandleEvent[]): this {
    for (const event of events) {
      for (const output of this.engine.process(event)) {
        if (output.kind === 'ended') this.ended.push(output.key);
        else this.#put(output.candle);
      }
      for (const candle of this.engine.flush()) this.#put(candle);
    }
    return this;
  }

  of(interval: Candle['interval']): readonly Candle[] {
    return [...this.bars.values()].filter((one) => one.interval === interval).sort((a, b) => a.openTime - b.openTime);
  }

  #put(candle: Candle): void {
    const key = candleKey(candle);
    expect(candle.version).toBeGreaterThan(this.bars.get(key)?.version ?? 0);
    // What was closed is never running again.
    if (this.bars.get(key)?.closed) expect(candle.closed).toBe(true);
    if (candle.closed) this.closings.push(key);
    this.bars.set(key, candle);
  }
}

const shape = ({ openTime, open, high, low, close, volume, quoteVolume, trades }: Candle) =>
  [openTime - START, open, high, low, close, volume, quoteVolume, trades] as const;

describe('bars of trades', () => {
  test('hold first, highest, lowest and last price and exact sums; an interval without a trade has no bar', () => {
    const followed = new Followed().tell(
      traded(100, '10', { quantity: decimal('0.1') }),
      traded(200, '12', { quantity: decimal('0.2') }),
      traded(900, '11', { quantity: decimal('0.000000000000000001') }),
      traded(3_000, '9'),
    );
    expect(followed.of('S1').map(shape)).toEqual([
      [0, '10', '12', '10', '11', '0.300000000000000001', '3.400000000000000011', 3],
      [3_000, '9', '9', '9', '9', '1', '9', 1],
    ]);
    expect(followed.of('D1').map(shape)).toEqual([
      [-12 * 3_600_000, '10', '12', '9', '9', '1.300000000000000001', '12.400000000000000011', 4],
    ]);
  });

  test('begin at whole multiples of their length: a day at midnight, UTC', () => {
    const followed = new Followed().tell(traded(12 * 3_600_000 - 1, '1'), traded(12 * 3_600_000, '2'));
    for (const interval of CANDLE_INTERVALS) {
      const opens = followed.of(interval).map(({ openTime }) => openTime);
      expect(opens).toEqual([Date.UTC(2026, 0, 2) - INTERVAL_MS[interval], Date.UTC(2026, 0, 2)]);
    }
  });

  test('are closed by the first trade of a later one, or by time a second after their end', () => {
    const followed = new Followed().tell(traded(0, '1'));
    followed.tell(time(1_999));
    expect(followed.of('S1')[0]?.closed).toBe(false);
    followed.tell(time(2_000));
    expect(followed.of('S1')[0]?.closed).toBe(true);
    followed.tell(traded(2_100, '2'), traded(3_100, '3'));
    expect(followed.of('S1').map(({ closed }) => closed)).toEqual([true, true, false]);
    expect(followed.of('M1').map(({ closed }) => closed)).toEqual([false]);
  });

  test('are over, each once, also where more are closed than are held because time is told late', () => {
    const followed = new Followed();
    for (let second = 0; second < 300; second++) {
      followed.tell(traded(second * 1_000, '10'));
      if (second % 5 === 4) followed.tell(time(second * 1_000));
    }
    followed.tell(time(400_000));
    const seconds = followed.ended.filter((key) => key.startsWith('A|S1|'));
    expect(new Set(seconds).size).toBe(299);
    expect(seconds).toHaveLength(299);
  });

  test('are amended by a late trade for a minute after they were closed, and then are over', () => {
    const followed = new Followed().tell(traded(100, '10'), traded(1_100, '11'), time(1_200));
    followed.tell(traded(900, '15'), traded(50, '8'));
    expect(followed.of('S1').map(shape)[0]).toEqual([0, '8', '15', '8', '15', '3', '33', 3]);
    followed.tell(traded(2_000, '1'), time(61_199));
    expect(followed.ended).toEqual([]);
    followed.tell(time(61_200));
    expect(followed.ended).toEqual([`A|S1|${START}`]);
    followed.tell(traded(950, '99'));
    expect(followed.engine.late).toBe(1);
    expect(followed.of('S1')[0]?.high).toBe('15');
    // The longer ones still run: it belongs in them.
    expect(followed.of('M5')[0]?.high).toBe('99');
  });

  test('come to be by a late trade as well, where there was no bar', () => {
    const followed = new Followed().tell(traded(0, '1'), traded(5_000, '5'), traded(3_500, '3'));
    expect(followed.of('S1').map(shape)).toEqual([
      [0, '1', '1', '1', '1', '1', '1', 1],
      [3_000, '3', '3', '3', '3', '1', '3', 1],
      [5_000, '5', '5', '5', '5', '1', '5', 1],
    ]);
    expect(followed.of('S1')[1]?.closed).toBe(true);
  });

  test('are those of the source that stands for the symbol', () => {
    const followed = new Followed().tell({ kind: 'instrument', symbol: 'A', primarySource: 'test' });
    followed.tell(traded(0, '1'), traded(1, '50', { source: 'elsewhere' }));
    expect(followed.of('S1').map(shape)).toEqual([[0, '1', '1', '1', '1', '1', '1', 1]]);
  });

  test('do not take a trade from the far future, which would close them all', () => {
    const followed = new Followed().tell(traded(0, '1'), traded(3_600_000, '2', { receivedAt: START }));
    expect(followed.of('S1').map(shape)).toEqual([[0, '1', '1', '1', '1', '1', '1', 1]]);
    expect(followed.engine.late).toBe(1);
  });

  test('are the same for the same trades, however they are ordered while their bars are held', () => {
    const trades = fc.array(
      fc.record({
        at: fc.nat(20_000),
        price: fc.integer({ min: 1, max: 999 }),
        quantity: fc.integer({ min: 1, max: 99 }),
      }),
      { minLength: 1, maxLength: 40 },
    );
    const told = (list: readonly { at: number; price: number; quantity: number }[]) => {
      const followed = new Followed();
      // One at the very beginning: nothing is older than the oldest bar then.
      followed.tell(traded(0, '500'));
      for (const one of list)
        followed.tell(traded(one.at, String(one.price), { quantity: decimal(`0.${one.quantity}`) }));
      return followed;
    };
    fc.assert(
      fc.property(trades, fc.infiniteStream(fc.nat()), (list, dice) => {
        const unique = [...new Map(list.map((one) => [one.at, one])).values()].filter(({ at }) => at > 0);
        const ordered = unique.toSorted((a, b) => a.at - b.at);
        const shuffled = unique.toSorted(() => ((dice.next().value as number) % 2 === 0 ? 1 : -1));
        for (const interval of CANDLE_INTERVALS)
          expect(told(shuffled).of(interval).map(shape)).toEqual(told(ordered).of(interval).map(shape));
      }),
      { numRuns: 20 },
    );
  });
});

describe('a bar is incomplete', () => {
  const completes = (followed: Followed, interval: Candle['interval'] = 'S1') =>
    followed.of(interval).map(({ complete }) => complete);

  test('that had begun before anything was heard; the next one is not', () => {
    const followed = new Followed().tell(traded(500, '1'), traded(1_100, '2'));
    expect(completes(followed)).toEqual([false, true]);
    expect(completes(followed, 'M1')).toEqual([false]);
  });

  test('that a gap lies in, whatever was known of it before', () => {
    const followed = new Followed().tell(traded(0, '1'), traded(1_000, '1'), traded(2_000, '1'), traded(3_000, '1'));
    expect(completes(followed)).toEqual([true, true, true, true]);
    const gapBefore = { from: START + 3_000, to: START + 5_500, reason: 'lost' };
    followed.tell(traded(5_500, '1', { gapBefore }), traded(6_500, '1'));
    expect(completes(followed)).toEqual([true, true, true, false, false, true]);
    expect(completes(followed, 'M1')).toEqual([false]);
  });

  test('while its source is away, and whole again when the source comes back and has missed nothing', () => {
    const away = (stale: boolean, at: number): CandleEvent => ({
      kind: 'price',
      price: price('A', '1', { stale }),
      now: START + at,
    });
    const followed = new Followed().tell(traded(0, '1'), away(true, 500));
    expect(followed.of('M1')[0]).toMatchObject({ complete: false, stale: true });
    followed.tell(time(2_000), away(false, 3_000));
    expect(followed.of('S1')[0]).toMatchObject({ complete: false, closed: true, stale: false });
    expect(followed.of('M1')[0]).toMatchObject({ complete: false, stale: false });
    // On its way when the source went away: it says nothing of what followed.
    followed.tell(traded(300, '1', { receivedAt: START + 400 }));
    expect(followed.of('M1')[0]?.complete).toBe(false);
    followed.tell(traded(700, '2', { receivedAt: START + 3_100 }), traded(3_200, '3'));
    expect(followed.of('M1')[0]).toMatchObject({ complete: true, stale: false });
    expect(followed.of('S1')[0]).toMatchObject({ complete: true, closed: true, close: '2' });
  });

  test('when the stream of trades has lost some, until one begins after it goes on', () => {
    const followed = new Followed().tell(traded(0, '1'), { kind: 'lost', of: 'trades', symbol: null });
    followed.tell(traded(500, '1'), traded(1_500, '1'), traded(2_500, '1'));
    expect(completes(followed)).toEqual([false, true, true]);
  });
});

describe('bars of an oracle’s prices', () => {
  const said = (at: number, text: string, more: object = {}): CandleEvent => ({
    kind: 'price',
    price: price('A', text, {
      confidence: decimal('0.1'),
      timestamp: START + at,
      receivedAt: START + at,
      ...more,
    }),
    now: START + at,
  });

  test('have prices and no volume', () => {
    const followed = new Followed().tell(said(0, '10'), said(500, '12'), said(400, '1'), said(1_000, '11'));
    expect(followed.of('S1').map(shape)).toEqual([
      [0, '10', '12', '10', '12', null, null, null],
      [1_000, '11', '11', '11', '11', null, null, null],
    ]);
  });

  test('are not made of what a venue says, nor of a further token, nor of another source, nor of an old price', () => {
    const followed = new Followed().tell(
      said(0, '10', { confidence: null }),
      said(0, '10', { primary: false }),
      said(0, '10', { stale: true }),
    );
    expect(followed.bars.size).toBe(0);
  });

  test('are incomplete where it was away, and end when trades are heard', () => {
    const followed = new Followed().tell(said(0, '10'), said(100, '10', { stale: true }));
    followed.tell(said(5_000, '11'), said(6_000, '12'));
    expect(followed.of('S1').map(({ complete }) => complete)).toEqual([false, true, true]);
    expect(followed.of('M1').map(({ complete }) => complete)).toEqual([false]);
    followed.tell(traded(7_000, '50'), said(7_500, '99'));
    expect(followed.of('S1').at(-1)).toMatchObject({ high: '50', volume: '1' });
  });
});

describe('an engine that takes up the bars of another', () => {
  test('has the same bars as one that never ended, and takes no trade twice', () => {
    const events: CandleEvent[] = [];
    for (let at = 0; at < 200; at++) events.push(traded(at * 137, String(100 + ((at * 7919) % 53))));
    const whole = new Followed().tell(...events);
    for (const cut of [1, 50, 120, 199]) {
      const first = new Followed().tell(...events.slice(0, cut));
      const second = new Followed();
      const loaded = [...first.bars.values()].map((candle): CandleEvent => ({ kind: 'loaded', candle }));
      second.tell(...loaded.toReversed());
      // From some trades before the end on: what is in the bars already is known by its place.
      second.tell(...events.slice(Math.max(0, cut - 30)));
      for (const interval of CANDLE_INTERVALS) {
        const both = new Map([...first.of(interval), ...second.of(interval)].map((one) => [one.openTime, one]));
        expect([...both.values()].map((one) => [...shape(one), one.complete])).toEqual(
          whole.of(interval).map((one) => [...shape(one), one.complete]),
        );
      }
    }
  });
});
