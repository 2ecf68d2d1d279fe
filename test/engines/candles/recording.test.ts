import { describe, expect, it } from 'vitest';
import { CandleEngine } from '../../../src/engines/candles/candle-engine.ts';
import { createPricesEngine } from '../../../src/engines/prices/prices-engine.ts';
import { createBinanceMapper } from '../../../src/feeds/binance/mapper.ts';
import { CANDLE_INTERVALS, type Candle, candleKey, INTERVAL_MS } from '../../../src/model/candle.ts';
import { futuresRecording, RECORDINGS_DIR, type Recording, spotRecording } from '../../support/recording.ts';

function made({ market, frames }: Recording): ReadonlyMap<string, Candle> {
  const mapper = createBinanceMapper({ market, source: 'binance', symbolOf: (pair) => pair });
  const prices = createPricesEngine();
  const engine = new CandleEngine();
  const bars = new Map<string, Candle>();
  let sequence = 0;
  for (const frame of frames)
    for (const event of mapper.map(frame.text, Math.floor(frame.at)))
      for (const output of prices.process(event)) {
        if (output.kind !== 'trade') continue;
        const place = { epoch: 'e', sequence: ++sequence };
        for (const one of engine.process({ kind: 'trade', trade: output.trade, place }))
          if (one.kind === 'closed') bars.set(candleKey(one.candle), one.candle);
      }
  for (const candle of engine.flush()) bars.set(candleKey(candle), candle);
  return bars;
}

const EIGHT = 10n ** 8n;

/** Eight places, as the venue prints them. */
function eights(text: string): bigint {
  const [whole = '', places = ''] = text.split('.');
  return BigInt(whole) * EIGHT + BigInt(places.padEnd(8, '0'));
}

interface Expected {
  readonly prices: bigint[];
  volume: bigint;
  /** Sixteen places. */
  value: bigint;
}

/** The same bars by nothing of ours: trades by their numbers, grouped by the beginning of their time. */
function expected({ frames, pair }: Recording): ReadonlyMap<string, Expected> {
  const raw = frames
    .filter(({ stream }) => stream.endsWith('@trade'))
    .map(({ text }) => (JSON.parse(text) as { data: { t: number; p: string; q: string; T: number; X?: string } }).data)
    .filter(({ X }) => X === undefined || X === 'MARKET')
    .sort((a, b) => a.t - b.t);
  const bars = new Map<string, Expected>();
  for (const { p, q, T } of raw)
    for (const interval of CANDLE_INTERVALS) {
      const key = `${pair}|${interval}|${T - (T % INTERVAL_MS[interval])}`;
      const bar = bars.get(key) ?? { prices: [], volume: 0n, value: 0n };
      bars.set(key, bar);
      bar.prices.push(eights(p));
      bar.volume += eights(q);
      bar.value += eights(p) * eights(q);
    }
  return bars;
}

const least = (values: readonly bigint[]) => values.reduce((a, b) => (a < b ? a : b));
const most = (values: readonly bigint[]) => values.reduce((a, b) => (a > b ? a : b));

describe.each([
  { market: 'spot', load: spotRecording },
  { market: 'usdm', load: futuresRecording },
])('bars of the recorded $market trades', ({ load }) => {
  const recording = load();
  if (recording === null) it.skip(`(no recordings in ${RECORDINGS_DIR}: set RECORDINGS_DIR to try this)`);

  it.skipIf(recording === null)('are what an independent reckoning makes of them, to the last digit', () => {
    if (recording === null) return;
    const bars = made(recording);
    const wanted = expected(recording);
    expect([...bars.keys()].sort()).toEqual([...wanted.keys()].sort());
    expect(bars.size).toBeGreaterThan(100);
    for (const [key, candle] of bars) {
      const { prices, volume, value } = wanted.get(key) ?? { prices: [], volume: 0n, value: 0n };
      const { open, high, low, close, trades } = candle;
      expect([key, eights(open), eights(high), eights(low), eights(close), trades]).toEqual([
        key,
        prices[0],
        most(prices),
        least(prices),
        prices.at(-1),
        prices.length,
      ]);
      expect(eights(candle.volume ?? '')).toBe(volume);
      const [whole = '', places = ''] = (candle.quoteVolume ?? '').split('.');
      expect(BigInt(whole + places.padEnd(16, '0'))).toBe(value);
    }
  });

  it.skipIf(recording === null)('come out the same when they are played again', () => {
    if (recording === null) return;
    expect(JSON.stringify([...made(recording)])).toBe(JSON.stringify([...made(recording)]));
  });
});
