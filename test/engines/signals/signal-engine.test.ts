import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CandleEngine } from '../../../src/engines/candles/candle-engine.ts';
import { createPricesEngine } from '../../../src/engines/prices/prices-engine.ts';
import { SignalEngine } from '../../../src/engines/signals/signal-engine.ts';
import { confidenceOf } from '../../../src/engines/signals/strategy.ts';
import { createBinanceMapper } from '../../../src/feeds/binance/mapper.ts';
import { decimal } from '../../../src/lib/decimal.ts';
import type { Candle } from '../../../src/model/candle.ts';
import type { Signal } from '../../../src/model/signal.ts';
import { candle } from '../../support/market.ts';
import { type Recording, spotRecording } from '../../support/recording.ts';

const START = Date.UTC(2026, 0, 1);

/** Closed bars of a second each, that all reach a whole up and down from their close. */
const bars = (closes: readonly number[], more: Partial<Candle> = {}) =>
  closes.map((close, at) =>
    candle('A', START + at * 1_000, {
      close: decimal(String(close)),
      high: decimal(String(close + 1)),
      low: decimal(String(close - 1)),
      closed: true,
      ...more,
    }),
  );

const told = (list: readonly Candle[], strategy?: string, engine = new SignalEngine(['S1'])) =>
  list
    .flatMap((one) => engine.process(one, 'SPOT'))
    .filter((one) => strategy === undefined || one.strategy === strategy);

const short = ({ signalType, price, confidence, timestamp }: Signal) => [
  (timestamp - START) / 1_000,
  signalType,
  price,
  confidence,
];

const repeat = (count: number, of: (at: number) => number) => Array.from({ length: count }, (_, at) => of(at));

/** The closes of an example in the documentation: `name: 1 2 3*4` (3 four times). */
function documented(name: string): readonly number[] {
  const text = readFileSync(new URL('../../../docs/SIGNALS.md', import.meta.url), 'utf8');
  const line = new RegExp(`^    ${name}: (.*)$`, 'm').exec(text)?.[1] ?? '';
  return line.split(' ').flatMap((part) => {
    const [value, times = '1'] = part.split('*');
    return repeat(Number(times), () => Number(value));
  });
}

describe('the examples of docs/SIGNALS.md', () => {
  test('EMA_CROSS', () => {
    const signals = told(bars(documented('EMA_CROSS')), 'EMA_CROSS');
    expect(signals.map(short)).toEqual([
      [27, 'BUY', '127', 0.9241],
      [28, 'SELL', '20', 0.9294],
    ]);
    // 100 + 27 × 2/13 and 100 + 27 × 2/27; the range of the last bar is 28, of the 26 before it 2.
    const [buy] = signals;
    expect(buy?.values).toEqual([
      { name: 'emaFast', value: 104.15384615 },
      { name: 'emaSlow', value: 102 },
      { name: 'averageRange', value: 3.85714286 },
    ]);
    expect(buy?.quantity).toBe('7.87401');
  });

  test('RSI_REVERSAL', () => {
    const signals = told(bars(documented('RSI_REVERSAL')), 'RSI_REVERSAL');
    expect(signals.map(short)).toEqual([
      [16, 'BUY', '92', 0.875],
      [17, 'HOLD', '112', expect.any(Number)],
    ]);
    expect(signals[0]?.values).toEqual([
      { name: 'rsi', value: 31.57894737 },
      { name: 'rsiExtreme', value: 0 },
    ]);
    expect(signals[1]?.quantity).toBe('0');
  });

  test('BREAKOUT', () => {
    const signals = told(bars(documented('BREAKOUT')), 'BREAKOUT');
    expect(signals.map(short)).toEqual([
      [21, 'BUY', '103', 0.8256],
      [22, 'HOLD', '100', expect.any(Number)],
    ]);
    expect(signals[0]?.values).toEqual([
      { name: 'channelHigh', value: 101 },
      { name: 'channelLow', value: 99 },
      { name: 'averageRange', value: 2.14285714 },
    ]);
  });

  test('confidence: half where only just met, three quarters at the full measure', () => {
    expect([0, 1, 3, 1e9].map(confidenceOf)).toEqual([0.5, 0.75, 0.875, 1]);
    expect(confidenceOf(-1)).toBe(0.5);
  });
});

/** A walk that goes up and down enough for every strategy to speak. */
const walk = repeat(1_000, (at) => 100 + 20 * Math.sin(at / 17) + 7 * Math.sin(at / 5) + (at % 7) / 10);

describe('the signal engine', () => {
  test('says the same of the same bars, under ids that tell strategy, symbol, interval and bar', () => {
    const signals = told(bars(walk));
    expect(told(bars(walk))).toEqual(signals);
    expect(new Set(signals.map(({ id }) => id)).size).toBe(signals.length);
    for (const { strategy, id, timestamp } of signals) expect(id).toBe(`${strategy}|A|S1|${timestamp - 1_000}`);
    for (const strategy of ['EMA_CROSS', 'RSI_REVERSAL', 'BREAKOUT'])
      expect(new Set(signals.filter((one) => one.strategy === strategy).map(({ signalType }) => signalType))).toEqual(
        new Set(['BUY', 'SELL', 'HOLD']),
      );
    for (const { confidence } of signals) {
      expect(confidence).toBeGreaterThanOrEqual(0.5);
      expect(confidence).toBeLessThanOrEqual(1);
    }
  });

  test('looks at a bar once, whatever becomes of it, and at none that runs, or is of another interval', () => {
    const list = bars(walk);
    const again = list.flatMap((one) => [{ ...one, closed: false }, one, { ...one, close: decimal('1') }]);
    const minutes = list.map((one) => ({ ...one, interval: 'M1' as const }));
    expect(told([...again, ...minutes])).toEqual(told(list));
  });

  test('after more than ten empty intervals begins anew', () => {
    const [first, second] = [bars(walk.slice(0, 500)), bars(walk.slice(500))];
    const later = (gap: number) =>
      second.map((one) => ({ ...one, openTime: one.openTime + (500 + gap) * 1_000, timestamp: one.timestamp + gap }));
    const engine = new SignalEngine(['S1']);
    told(first, undefined, engine);
    expect(told(later(11), undefined, engine)).toEqual(told(later(11)));
    const through = new SignalEngine(['S1']);
    told(first, undefined, through);
    expect(told(later(10), undefined, through)).not.toEqual(told(later(10)));
  });

  test('says nothing at a bar that is incomplete, and goes on as if it had', () => {
    const all = told(bars(walk));
    const at = all[5]?.timestamp ?? 0;
    const holed = bars(walk).map((one) => (one.openTime === at - 1_000 ? { ...one, complete: false } : one));
    expect(told(holed)).toEqual(all.filter(({ timestamp }) => timestamp !== at));
  });

  test('suggests whole shares', () => {
    const engine = new SignalEngine(['S1']);
    const signals = bars(walk).flatMap((one) => engine.process(one, 'EQUITY'));
    for (const { signalType, quantity, price } of signals) {
      const whole = signalType === 'HOLD' ? 0 : Math.floor(1_000 / Number(price));
      expect(quantity).toBe(String(whole));
    }
  });
});

function signalsOf({ market, frames }: Recording): readonly Signal[] {
  const mapper = createBinanceMapper({ market, source: 'binance', symbolOf: (pair) => pair });
  const prices = createPricesEngine();
  const candles = new CandleEngine();
  const engine = new SignalEngine(['S1', 'M1']);
  const signals: Signal[] = [];
  let sequence = 0;
  for (const frame of frames)
    for (const event of mapper.map(frame.text, Math.floor(frame.at)))
      for (const output of prices.process(event)) {
        if (output.kind !== 'trade') continue;
        const place = { epoch: 'e', sequence: ++sequence };
        for (const one of candles.process({ kind: 'trade', trade: output.trade, place }))
          if (one.kind === 'closed') signals.push(...engine.process(one.candle, 'SPOT'));
      }
  return signals;
}

describe('signals of recorded trades', () => {
  const recording = spotRecording();

  test.skipIf(recording === null)('are the same, ids and figures, whenever they are played', () => {
    if (recording === null) return;
    const signals = signalsOf(recording);
    expect(signals.length).toBeGreaterThan(20);
    expect(signalsOf(recording)).toEqual(signals);
  });
});
