import { beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engines/engine.ts';
import { createPricesEngine } from '../../../src/engines/prices/prices-engine.ts';
import type { OraclePriceHeard } from '../../../src/model/market-event.ts';
import {
  DAY,
  disconnected,
  lastOutputs,
  listed,
  MINUTE,
  priceAfter,
  pricesAfter,
  SOURCE,
  START,
  SYMBOL,
  ticker,
  trade,
  tradesAfter,
} from './events.ts';

let engine: Engine;

beforeEach(() => {
  engine = createPricesEngine();
});

const NO_DAY = {
  session: null,
  previousClose: null,
  open24h: null,
  high24h: null,
  low24h: null,
  close: null,
  volume24h: null,
  change24h: null,
  changePct24h: null,
};

describe('an oracle’s price', () => {
  const oracle = (price: string, timestamp: number, more: Partial<OraclePriceHeard> = {}): OraclePriceHeard => ({
    kind: 'oracle-price',
    symbol: SYMBOL,
    source: SOURCE,
    price,
    confidence: '0.50',
    emaPrice: '99.0',
    session: null,
    stale: false,
    timestamp,
    receivedAt: timestamp + 5,
    ...more,
  });

  it('has its confidence and average, in canonical text, and no day', () => {
    expect(priceAfter(engine, listed(), oracle('100.10', START))).toMatchObject({
      price: '100.1',
      confidence: '0.5',
      emaPrice: '99',
      ...NO_DAY,
    });
    for (const wrong of [{ price: 'x' }, { confidence: '' }, { emaPrice: '1e9999' }])
      expect(pricesAfter(engine, oracle('100', START + 1, wrong))).toEqual([]);
  });

  it('is as fresh as its feed says, also where its time stands still', () => {
    expect(priceAfter(engine, listed(), oracle('100', START)).stale).toBe(false);
    const later = { receivedAt: START + 90_000 };
    expect(priceAfter(engine, oracle('100', START, { ...later, stale: true }))).toMatchObject({
      stale: true,
      ...later,
    });
    expect(priceAfter(engine, disconnected(SYMBOL), oracle('100', START, later)).stale).toBe(false);
  });

  it('of a share that has been closed is the close before, once it opens', () => {
    const share = listed({ kind: 'EQUITY', base: SYMBOL, quote: 'USD' });
    const first = priceAfter(engine, share, oracle('10', START, { session: 'OPEN' }));
    expect(first).toMatchObject({ session: 'OPEN', previousClose: null, token: null });
    const closed = priceAfter(engine, oracle('11', START + 1, { session: 'CLOSED' }));
    expect(closed).toMatchObject({ session: 'CLOSED', previousClose: null });
    const open = priceAfter(engine, oracle('12', START + 2, { session: 'OPEN' }));
    expect(open).toMatchObject({ session: 'OPEN', price: '12', previousClose: '11' });
  });
});

describe('a ticker of a venue that values what was not traded', () => {
  const valued = (last: string, timestamp: number) =>
    ticker(last, timestamp, { indicative: true, high: null, low: null });

  it('is the price until a trade is heard, and the day’s figures after that too', () => {
    expect(priceAfter(engine, listed(), valued('100', START))).toMatchObject({ price: '100', high24h: null });
    engine.process(trade(1, '101', START + 1));
    expect(priceAfter(engine, valued('105', START + 2))).toMatchObject({ price: '101', open24h: '90', low24h: null });
  });
});

describe('a trade', () => {
  it('is put out in canonical text, and then the price that it makes', () => {
    const gapBefore = { from: 1, to: 2, reason: 'outage' };
    const outputs = lastOutputs(engine, [
      listed(),
      trade(7, '100.50', START, { quantity: '0.2500', side: 'SELL', gapBefore }),
    ]);
    const times = { timestamp: START, receivedAt: START + 5 };
    const facts = { symbol: SYMBOL, source: SOURCE, price: '100.5' };
    expect(outputs).toEqual([
      { kind: 'trade', trade: { ...facts, tradeId: '7', quantity: '0.25', side: 'SELL', gapBefore, ...times } },
      {
        kind: 'price',
        price: {
          ...facts,
          primary: true,
          confidence: null,
          emaPrice: null,
          token: { chainId: 1, address: '0x2260FAC5E5542a773Aa44fBCfeDf7C193bc2C599', further: false },
          ...NO_DAY,
          volatilityPct: null,
          stale: false,
          ...times,
        },
      },
    ]);
  });

  it('is put out once: one whose number is not above the last is a repetition', () => {
    const events = [trade(9, '1'), trade(10, '2'), trade(10, '2'), trade(9, '1'), trade(8, '3'), trade(11, '4')];
    expect(tradesAfter(engine, ...events).map(({ tradeId }) => tradeId)).toEqual(['9', '10', '11']);
  });

  it('has a number as large as it likes', () => {
    const [last, next] = ['9007199254740993', '9007199254740994'];
    const events = [trade(last, '1'), trade(next, '2'), trade(last, '1'), trade(`00${next}`, '1')];
    expect(tradesAfter(engine, ...events).map(({ tradeId }) => tradeId)).toEqual([last, next]);
  });

  it('may be numbered by letters: of those only the last one again is a repetition', () => {
    const events = [trade('b7', '1'), trade('b7', '1'), trade('a9', '2'), trade('b7', '1')];
    expect(tradesAfter(engine, ...events).map(({ tradeId }) => tradeId)).toEqual(['b7', 'a9', 'b7']);
  });

  it('of a venue whose numbers have no order is put out whatever its number', () => {
    const events = [9, 3, 5].map((id) => trade(id, '1', START, { numbersRise: false }));
    expect(tradesAfter(engine, ...events).map(({ tradeId }) => tradeId)).toEqual(['9', '3', '5']);
  });

  it('is numbered within its symbol and source', () => {
    const events = [
      trade(5, '1'),
      trade(4, '2', START, { symbol: 'ETHUSDT' }),
      trade(3, '3', START, { source: 'other' }),
    ];
    expect(tradesAfter(engine, ...events)).toHaveLength(3);
  });

  it('that comes late is put out, and does not turn the price back', () => {
    engine.process(trade(1, '100', START + 10));
    const late = trade(2, '50', START + 9);
    expect(lastOutputs(engine, [late]).map((output) => output.kind)).toEqual(['trade', 'price']);
    expect(priceAfter(engine, trade(3, '60', START + 8))).toMatchObject({ price: '100', timestamp: START + 10 });
    expect(priceAfter(engine, trade(4, '101', START + 10))).toMatchObject({ price: '101', timestamp: START + 10 });
  });

  it.each([{ price: 'abc' }, { quantity: '' }])('that cannot be read is ignored: %j', (wrong) => {
    expect(engine.process(trade(1, '100', START, wrong))).toEqual([]);
    expect(tradesAfter(engine, trade(1, '100'))).toHaveLength(1);
  });
});

describe('a ticker', () => {
  it('gives the price and the venue’s 24 hours, change exact', () => {
    expect(priceAfter(engine, listed(), ticker('100.10', START))).toMatchObject({
      price: '100.1',
      open24h: '90',
      high24h: '120',
      low24h: '80',
      close: '100.1',
      volume24h: '1234.5',
      change24h: '10.1',
      changePct24h: 11.22222222,
      timestamp: START,
    });
  });

  it('keeps its 24 hours while trades move the price within them', () => {
    engine.process(ticker('100', START));
    expect(priceAfter(engine, trade(1, '95', START + 1))).toMatchObject({
      price: '95',
      close: '95',
      open24h: '90',
      change24h: '5',
      high24h: '120',
      low24h: '80',
      volume24h: '1234.5',
    });
  });

  it('is stretched by a later trade beyond its high or low, and not by an earlier one', () => {
    engine.process(ticker('100', START));
    expect(priceAfter(engine, trade(1, '121', START + 1))).toMatchObject({ high24h: '121', low24h: '80' });
    expect(priceAfter(engine, trade(2, '79', START + 2))).toMatchObject({ high24h: '121', low24h: '79' });
    expect(priceAfter(engine, trade(3, '500', START - 1))).toMatchObject({ price: '79', high24h: '121' });
  });

  it('does not turn the price back when it is older than the last trade, but gives its 24 hours', () => {
    engine.process(trade(1, '101', START + 10));
    expect(priceAfter(engine, ticker('100', START))).toMatchObject({
      price: '101',
      open24h: '90',
      change24h: '11',
      timestamp: START + 10,
    });
  });

  it('that is older than the one before changes nothing', () => {
    engine.process(ticker('100', START + 10));
    expect(priceAfter(engine, ticker('99', START, { open: '1' }))).toMatchObject({ price: '100', open24h: '90' });
  });

  it('has no change in per cent when it opened at nothing', () => {
    expect(priceAfter(engine, ticker('5', START, { open: '0.00' }))).toMatchObject({
      change24h: '5',
      changePct24h: null,
    });
  });

  it('that cannot be read is ignored', () => {
    expect(engine.process(ticker('100', START, { high: '-' }))).toEqual([]);
  });
});

describe('24 hours of our own trades', () => {
  it('are told once they have been heard, and not before', () => {
    expect(priceAfter(engine, trade(1, '100', START))).toMatchObject(NO_DAY);
    expect(priceAfter(engine, trade(2, '80', START + DAY / 2))).toMatchObject(NO_DAY);
    expect(priceAfter(engine, trade(3, '110', START + DAY - 1))).toMatchObject(NO_DAY);
    expect(priceAfter(engine, trade(4, '120', START + DAY))).toMatchObject({
      open24h: '80',
      high24h: '120',
      low24h: '80',
      close: '120',
      volume24h: '3',
      change24h: '40',
      changePct24h: 50,
    });
  });

  it('begin anew after trades that are missing for good', () => {
    const gapBefore = { from: START, to: START + 1, reason: 'outage' };
    engine.process(trade(1, '100', START));
    engine.process(trade(2, '100', START + DAY / 2, { gapBefore }));
    expect(priceAfter(engine, trade(3, '110', START + DAY))).toMatchObject(NO_DAY);
    expect(priceAfter(engine, trade(4, '120', START + 1.5 * DAY))).toMatchObject({ open24h: '110', volume24h: '2' });
  });

  it('give way to the venue’s', () => {
    engine.process(trade(1, '100', START));
    engine.process(ticker('100', START + DAY - 1));
    expect(priceAfter(engine, trade(2, '100', START + DAY))).toMatchObject({ open24h: '90', volume24h: '1234.5' });
  });
});

describe('a price', () => {
  it('is the primary one where the instrument names its source', () => {
    engine.process(listed({ primarySource: 'other' }));
    expect(priceAfter(engine, trade(1, '1'))).toMatchObject({ primary: false });
    expect(priceAfter(engine, trade(1, '1', START, { source: 'other' }))).toMatchObject({ primary: true });
  });

  it('is nobody’s primary one while the instrument is unknown', () => {
    expect(priceAfter(engine, trade(1, '1'))).toMatchObject({ primary: false });
  });

  it('is not moved by a quote', () => {
    const quote = {
      kind: 'quote',
      symbol: SYMBOL,
      source: SOURCE,
      updateId: 1,
      bid: ['1', '1'],
      ask: ['2', '1'],
    } as const;
    expect(engine.process({ ...quote, timestamp: START, receivedAt: START })).toEqual([]);
  });

  it('goes stale with its connection, once, as it was, and comes back with the next trade or ticker', () => {
    engine.process(ticker('100', START));
    engine.process(trade(1, '5', START, { symbol: 'ETHUSDT' }));
    const stale = pricesAfter(engine, disconnected(SYMBOL, 'ETHUSDT', 'NEVERHEARD'));
    expect(stale).toMatchObject([
      { symbol: SYMBOL, price: '100', open24h: '90', stale: true, timestamp: START, receivedAt: START + 5 },
      { symbol: 'ETHUSDT', price: '5', stale: true },
    ]);
    expect(engine.process(disconnected(SYMBOL, 'ETHUSDT'))).toEqual([]);
    expect(priceAfter(engine, trade(2, '6', START + 1, { symbol: 'ETHUSDT' }))).toMatchObject({
      price: '6',
      stale: false,
    });
    expect(priceAfter(engine, ticker('101', START + 1))).toMatchObject({ price: '101', stale: false });
    expect(pricesAfter(engine, disconnected(SYMBOL))).toHaveLength(1);
  });

  it('does not go stale with another source’s connection', () => {
    engine.process(trade(1, '5'));
    expect(engine.process({ ...disconnected(SYMBOL), source: 'other' })).toEqual([]);
  });

  it('knows its volatility after ten returns of a minute', () => {
    const prices = ['100', '101', '100', '101', '100', '101', '100', '101', '100', '101', '100', '101'];
    const told = prices.map(
      (text, minute) => priceAfter(engine, trade(minute, text, START + minute * MINUTE)).volatilityPct,
    );
    expect(told.slice(0, -1)).toEqual(Array(11).fill(null));
    // Ten returns of plus and minus ln 1.01 in turn: mean zero, and 10/9 of their square under the root.
    expect(told.at(-1)).toBeCloseTo(Math.log(1.01) * Math.sqrt(10 / 9) * Math.sqrt(525_600) * 100, 9);
  });
});

it('the same events give the same outputs', () => {
  const events = Array.from({ length: 1_600 }, (_, index) => {
    const at = START + index * MINUTE;
    return index % 7 === 0 && index < 100
      ? disconnected(SYMBOL)
      : trade(index, `${100 + ((index * 7_919) % 13)}.50`, at);
  });
  const played = () => {
    const again = createPricesEngine();
    return JSON.stringify(events.map((event) => again.process(event)));
  };
  expect(played()).toBe(played());
});
