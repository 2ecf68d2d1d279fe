import { describe, expect, it } from 'vitest';
import { createPricesEngine } from '../../../src/engines/prices/prices-engine.ts';
import { createBinanceMapper } from '../../../src/feeds/binance/mapper.ts';
import { decimal } from '../../../src/lib/decimal.ts';
import type { Price } from '../../../src/model/price.ts';
import type { Trade } from '../../../src/model/trade.ts';
import { futuresRecording, RECORDINGS_DIR, type Recording, spotRecording } from '../../support/recording.ts';

interface RawTrade {
  readonly t: number;
  readonly p: string;
  readonly q: string;
  readonly T: number;
  readonly m: boolean;
  readonly X?: string;
}

/** Trades as the venue wrote them, read by nothing of ours. */
function rawTrades({ frames }: Recording): RawTrade[] {
  return frames
    .filter(({ stream }) => stream.endsWith('@trade'))
    .map(({ text }) => (JSON.parse(text) as { readonly data: RawTrade }).data)
    .filter(({ X }) => X === undefined || X === 'MARKET');
}

function played({ market, frames }: Recording): { readonly trades: Trade[]; readonly prices: Price[] } {
  const mapper = createBinanceMapper({ market, source: 'binance', symbolOf: (pair) => pair });
  const engine = createPricesEngine();
  const trades: Trade[] = [];
  const prices: Price[] = [];
  for (const frame of frames)
    for (const event of mapper.map(frame.text, Math.floor(frame.at)))
      for (const output of engine.process(event)) {
        if (output.kind === 'trade') trades.push(output.trade);
        if (output.kind === 'price') prices.push(output.price);
      }
  return { trades, prices };
}

describe.each([
  { market: 'spot', load: spotRecording },
  { market: 'usdm', load: futuresRecording },
])('the recorded $market trades', ({ load }) => {
  const recording = load();
  const promise = it.skipIf(recording === null);
  if (recording === null) it.skip(`(no recordings in ${RECORDINGS_DIR}: set RECORDINGS_DIR to try this)`);

  promise('come out once each, in order, exact, and each makes a price that never goes back in time', () => {
    if (recording === null) return;
    const { trades, prices } = played(recording);
    const raw = rawTrades(recording);
    expect(raw.length).toBeGreaterThan(10_000);
    const told = trades.map(({ tradeId, price, quantity, side, timestamp }) =>
      [tradeId, price, quantity, side, timestamp].join(),
    );
    const heard = raw.map(({ t, p, q, m, T }) => [t, decimal(p), decimal(q), m ? 'SELL' : 'BUY', T].join());
    expect(told).toEqual(heard);
    expect(prices).toHaveLength(raw.length);
    expect(prices.every(({ timestamp }, index) => timestamp >= (prices[index - 1]?.timestamp ?? 0))).toBe(true);
    expect(prices.at(-1)).toMatchObject({ price: trades.at(-1)?.price, open24h: null, volume24h: null, stale: false });
  });

  promise('come out the same when they are played again', () => {
    if (recording === null) return;
    expect(JSON.stringify(played(recording))).toBe(JSON.stringify(played(recording)));
  });
});
