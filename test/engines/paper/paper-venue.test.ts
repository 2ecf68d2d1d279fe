import { beforeEach, describe, expect, test } from 'vitest';
import { decimal } from '../../../src/lib/decimal.ts';
import { fixedText } from '../../../src/lib/fixed.ts';
import { AAPL, ALICE, BOB, BTC, BTC_PERP, orderOf, PaperTable } from './paper-events.ts';

const BIDS = [
  ['100', '2'],
  ['99', '5'],
] as const;
const ASKS = [
  ['101', '1'],
  ['102', '3'],
] as const;

let table: PaperTable;
const cash = (currency = 'USDT', owner = ALICE) => fixedText(table.venue.account(owner).cash(currency));
const locked = (currency = 'USDT') => fixedText(table.venue.account(ALICE).locked(currency));
const held = (symbol = 'BTCUSDT') => fixedText(table.venue.account(ALICE).quantity(symbol));

beforeEach(() => {
  table = new PaperTable(BTC, BTC_PERP, AAPL);
  for (const symbol of ['BTCUSDT', 'BTC-PERP', 'AAPL']) table.book(symbol, BIDS, ASKS);
});

describe('an order that takes', () => {
  test('a market order takes offers from the best on, and pays the fee of a taker', () => {
    const order = table.place({ quantity: '3' });
    expect(table.fills(order.id)).toEqual(['1@101', '2@102']);
    // 101 + 204 = 305; a tenth of a per cent on top.
    expect(order).toMatchObject({ status: 'FILLED', filledQuantity: '3', filledValue: '305', fees: '0.305' });
    expect(order.averagePrice).toBe('101.666666666666666666');
    expect(cash()).toBe('99694.695');
    expect(held()).toBe('3');
    expect(locked()).toBe('0');
    expect(table.executions().map(({ liquidity }) => liquidity)).toEqual(['TAKER', 'TAKER']);
  });

  test('what the book does not show cannot be had: the rest of a market order expires', () => {
    const order = table.place({ quantity: '5' });
    expect(order).toMatchObject({
      status: 'EXPIRED',
      filledQuantity: '4',
      rejection: { code: 'NO_LIQUIDITY', limit: '4', actual: '5' },
    });
    expect(locked()).toBe('0');
  });

  test('what one took, no other gets, until the level has gone from the book', () => {
    table.place({ quantity: '1' });
    expect(table.fills(table.place({ quantity: '1' }, BOB).id)).toEqual(['1@102']);
    table.change('BTCUSDT', [], [['101', '1.5']]);
    expect(table.fills(table.place({ quantity: '1' }, BOB).id)).toEqual(['0.5@101', '0.5@102']);
    table.change('BTCUSDT', [], [['101', '0']]);
    table.change('BTCUSDT', [], [['101', '1']]);
    expect(table.fills(table.place({ quantity: '1' }, BOB).id)).toEqual(['1@101']);
  });

  test('a limit order takes what is no worse, and rests with what is left', () => {
    const order = table.place({ quantity: '2', price: '101' });
    expect(order).toMatchObject({ status: 'PARTIALLY_FILLED', filledQuantity: '1' });
    // One more at 101, with the dearest fee.
    expect(locked()).toBe('101.101');
    expect(table.cancel(order.id)).toMatchObject({ status: 'CANCELED', filledQuantity: '1' });
    expect(locked()).toBe('0');
  });

  test('immediate or cancel never rests; fill or kill takes all or nothing', () => {
    expect(table.place({ quantity: '2', price: '101', timeInForce: 'IOC' })).toMatchObject({
      status: 'EXPIRED',
      filledQuantity: '1',
    });
    expect(table.place({ quantity: '4', price: '102', timeInForce: 'FOK' })).toMatchObject({
      status: 'EXPIRED',
      filledQuantity: '0',
      rejection: { code: 'NO_LIQUIDITY', limit: '3', actual: '4' },
    });
    expect(table.place({ quantity: '3', price: '102', timeInForce: 'FOK' })).toMatchObject({ status: 'FILLED' });
    expect(table.venue.open).toBe(0);
  });
});

describe('an order that rests', () => {
  test('stands behind all size shown at its price, and fills partly when trades reach it', () => {
    const { id } = table.place({ quantity: '1.5', price: '100' });
    table.trade('BTCUSDT', 'SELL', '100', '1.2');
    expect(table.fills(id)).toEqual([]);
    // Two were ahead: 1.2 of them are gone, 0.8 go first now.
    table.trade('BTCUSDT', 'SELL', '100', '1');
    expect(table.fills(id)).toEqual(['0.2@100']);
    table.trade('BTCUSDT', 'SELL', '100', '5');
    expect(table.fills(id)).toEqual(['0.2@100', '1.3@100']);
    expect(table.order(id)).toMatchObject({ status: 'FILLED', averagePrice: '100' });
    expect(table.executions(id).every(({ liquidity }) => liquidity === 'MAKER')).toBe(true);
    expect(cash()).toBe('99849.85');
  });

  test('what is cancelled ahead of it does not bring it forward', () => {
    const { id } = table.place({ quantity: '1', price: '100' });
    table.change('BTCUSDT', [['100', '0.1']], []);
    table.trade('BTCUSDT', 'SELL', '100', '2');
    expect(table.fills(id)).toEqual([]);
    table.trade('BTCUSDT', 'SELL', '100', '0.4');
    expect(table.fills(id)).toEqual(['0.4@100']);
  });

  test('a trade beyond its price has passed it, and gives no more than was traded', () => {
    const { id } = table.place({ quantity: '3', price: '100' });
    table.trade('BTCUSDT', 'SELL', '99.5', '1');
    expect(table.fills(id)).toEqual(['1@100']);
  });

  test('a trade that was before the book it was placed in, and one of its own side, leave it alone', () => {
    const { id } = table.place({ quantity: '1', price: '100' });
    table.trade('BTCUSDT', 'SELL', '99', '10', 1_001);
    table.trade('BTCUSDT', 'BUY', '100', '10');
    expect(table.fills(id)).toEqual([]);
  });

  test('inside the spread it fills at no price that nobody has shown', () => {
    const { id } = table.place({ quantity: '1', price: '100.5' });
    table.trade('BTCUSDT', 'SELL', '100', '5');
    expect(table.fills(id)).toEqual([]);
    // The book shows the price now: it was there first.
    table.change('BTCUSDT', [['100.5', '3']], []);
    table.trade('BTCUSDT', 'SELL', '100.5', '0.4');
    expect(table.fills(id)).toEqual(['0.4@100.5']);
    // A quote of the other side meets it, at that quote's price.
    table.change('BTCUSDT', [], [['100.25', '0.1']]);
    expect(table.fills(id)).toEqual(['0.4@100.5', '0.1@100.25']);
  });

  test('those that rest at one price share a trade in the order in which they came', () => {
    const first = table.place({ quantity: '1', price: '100' });
    const second = table.place({ quantity: '1', price: '100' }, BOB);
    table.trade('BTCUSDT', 'SELL', '100', '3.5');
    expect([table.fills(first.id), table.fills(second.id)]).toEqual([['1@100'], ['0.5@100']]);
  });

  test('a book that is lost fills nothing, and takes no new order', () => {
    const { id } = table.place({ quantity: '1', price: '100' });
    table.book('BTCUSDT', BIDS, [['99', '5']], true);
    expect(table.fills(id)).toEqual([]);
    expect(table.place({ quantity: '1', price: '100' })).toMatchObject({
      status: 'REJECTED',
      rejection: { code: 'MARKET_UNAVAILABLE' },
    });
    table.book('BTCUSDT', BIDS, [['99.5', '5']]);
    expect(table.fills(id)).toEqual(['1@99.5']);
  });

  test('post-only is refused rather than to take', () => {
    expect(table.place({ quantity: '1', price: '101', postOnly: true })).toMatchObject({
      status: 'REJECTED',
      rejection: { code: 'POST_ONLY_WOULD_TAKE', limit: '101', actual: '101' },
    });
    expect(table.place({ quantity: '1', price: '100.99', postOnly: true })).toMatchObject({ status: 'NEW' });
  });
});

describe('an order that waits for a price', () => {
  test('a stop follows the last price, a take-profit goes against it', () => {
    table.place({ quantity: '3' });
    const stop = table.place({ side: 'SELL', quantity: '1', stopPrice: '99.5' });
    const profit = table.place({ side: 'SELL', quantity: '1', stopPrice: '103', type: 'TAKE_PROFIT' });
    table.trade('BTCUSDT', 'SELL', '99.6', '1');
    expect([table.order(stop.id).status, table.order(profit.id).status]).toEqual(['NEW', 'NEW']);
    table.trade('BTCUSDT', 'SELL', '99.5', '1');
    expect(table.fills(stop.id)).toEqual(['1@100']);
    expect(table.order(stop.id).triggeredAt).not.toBeNull();
    table.trade('BTCUSDT', 'BUY', '103', '1');
    expect(table.fills(profit.id)).toEqual(['1@100']);
  });

  test('with a price it rests after it has come to life', () => {
    const { id } = table.place({ quantity: '1', price: '100.5', stopPrice: '102' });
    expect(locked()).toBe('100.6005');
    table.trade('BTCUSDT', 'BUY', '102', '1');
    expect(table.order(id)).toMatchObject({ status: 'NEW', filledQuantity: '0' });
    table.change('BTCUSDT', [], [['100.5', '1']]);
    expect(table.fills(id)).toEqual(['1@100.5']);
  });

  test('is refused where its price is reached already', () => {
    table.trade('BTCUSDT', 'BUY', '102', '1');
    expect(table.place({ quantity: '1', stopPrice: '101' })).toMatchObject({
      status: 'REJECTED',
      rejection: { code: 'WOULD_TRIGGER_IMMEDIATELY', limit: '102', actual: '101' },
    });
  });
});

describe('balances', () => {
  test('an order needs what it could cost; a sale needs what it sells', () => {
    expect(table.place({ quantity: '1000', price: '100' })).toMatchObject({
      status: 'REJECTED',
      rejection: { code: 'INSUFFICIENT_BALANCE', limit: '100000', actual: '100100' },
    });
    expect(table.place({ side: 'SELL', quantity: '1', price: '101' })).toMatchObject({
      rejection: { code: 'INSUFFICIENT_BALANCE', limit: '0', actual: '1' },
    });
    table.place({ quantity: '500', price: '100' });
    expect(table.place({ quantity: '500', price: '100' })).toMatchObject({
      rejection: { code: 'INSUFFICIENT_BALANCE', limit: '49950', actual: '50050' },
    });
    expect(cash('USDT', BOB)).toBe('100000');
  });

  test('what is for sale is sold once', () => {
    table.place({ quantity: '1' });
    table.place({ side: 'SELL', quantity: '0.6', price: '105' });
    expect(table.place({ side: 'SELL', quantity: '0.5', price: '106' })).toMatchObject({
      rejection: { code: 'INSUFFICIENT_BALANCE', limit: '0.4', actual: '0.5' },
    });
  });

  test('profit by average cost, to the cent', () => {
    table.place({ symbol: 'AAPL', quantity: '1' });
    table.place({ symbol: 'AAPL', quantity: '2' });
    // One at 101, two at 102: 305 for three.
    table.book('AAPL', [['110', '9']], [['111', '9']]);
    table.place({ symbol: 'AAPL', side: 'SELL', quantity: '2' });
    // Two sold for 220 that cost 203.33: 16.67 made real; 101.67 remain for the third.
    const holding = table.venue.account(ALICE).held('AAPL');
    expect(Number(fixedText(holding?.realizedPnl ?? 0n)).toFixed(2)).toBe('16.67');
    expect(Number(fixedText(holding?.cost ?? 0n)).toFixed(2)).toBe('101.67');
    expect(fixedText((holding?.realizedPnl ?? 0n) - (holding?.cost ?? 0n))).toBe('-85');
    expect(cash('USD')).toBe('99915');
  });

  test('a perpetual may be sold short, on a tenth of its value, and turned round', () => {
    const short = table.place({ symbol: 'BTC-PERP', side: 'SELL', quantity: '2' });
    expect(table.fills(short.id)).toEqual(['2@100']);
    expect(held('BTC-PERP')).toBe('-2');
    // Nothing is paid for it but the fee: 200 * 0.0005.
    expect(cash('USD')).toBe('99999.9');
    table.book('BTC-PERP', [['94', '5']], [['95', '5']]);
    table.place({ symbol: 'BTC-PERP', quantity: '3' });
    expect(held('BTC-PERP')).toBe('1');
    // 2 * 5 earned, 285 * 0.0005 paid.
    expect(cash('USD')).toBe('100009.7575');
    expect(table.place({ symbol: 'BTC-PERP', quantity: '20000', price: '94' })).toMatchObject({
      rejection: { code: 'INSUFFICIENT_BALANCE', actual: '188940' },
    });
  });

  test('reduce-only never turns a position round, and ends when there is nothing left to reduce', () => {
    table.place({ symbol: 'BTC-PERP', quantity: '1' });
    expect(
      table.place({ symbol: 'BTC-PERP', side: 'SELL', quantity: '2', price: '105', reduceOnly: true }),
    ).toMatchObject({ rejection: { code: 'REDUCE_ONLY_WOULD_INCREASE', limit: '1', actual: '2' } });
    const exit = table.place({ symbol: 'BTC-PERP', side: 'SELL', quantity: '1', price: '105', reduceOnly: true });
    table.place({ symbol: 'BTC-PERP', side: 'SELL', quantity: '1' });
    table.book('BTC-PERP', [['106', '5']], [['107', '5']]);
    expect(table.order(exit.id)).toMatchObject({ status: 'EXPIRED', filledQuantity: '0' });
    expect(held('BTC-PERP')).toBe('0');
  });
});

describe('a change', () => {
  test('a smaller quantity keeps its place; a larger one, or another price, goes to the end', () => {
    const { id } = table.place({ quantity: '2', price: '100' });
    table.trade('BTCUSDT', 'SELL', '100', '2');
    expect(table.amend(id, { quantity: '1' })).toMatchObject({ quantity: '1', status: 'NEW', rejection: null });
    expect(locked()).toBe('100.1');
    table.trade('BTCUSDT', 'SELL', '100', '0.5');
    expect(table.fills(id)).toEqual(['0.5@100']);
    table.amend(id, { quantity: '3' });
    table.trade('BTCUSDT', 'SELL', '100', '2');
    expect(table.fills(id)).toEqual(['0.5@100']);
    expect(table.amend(id, { price: '101' })).toMatchObject({ status: 'PARTIALLY_FILLED', filledQuantity: '1.5' });
    expect(table.fills(id)).toEqual(['0.5@100', '1@101']);
    expect(table.venue.open).toBe(1);
  });

  test('one that cannot be leaves the order where it stood, and says why', () => {
    const { id } = table.place({ quantity: '2', price: '100' });
    table.trade('BTCUSDT', 'SELL', '100', '3');
    expect(table.amend(id, { quantity: '1' }).rejection).toMatchObject({
      code: 'AMEND_BELOW_FILLED',
      limit: '1',
      actual: '1',
    });
    expect(table.amend(id, { quantity: '1.000001' }).rejection).toMatchObject({
      code: 'QUANTITY_STEP',
      limit: '0.00001',
    });
    expect(table.amend(id, { quantity: '5000' }).rejection).toMatchObject({ code: 'INSUFFICIENT_BALANCE' });
    table.trade('BTCUSDT', 'SELL', '100', '1');
    expect(table.order(id)).toMatchObject({ status: 'FILLED', quantity: '2' });
    expect(table.cancel(id).status).toBe('FILLED');
    expect(table.outputs.at(-1)).toMatchObject({ kind: 'refused', rejection: { code: 'ORDER_ENDED' } });
  });
});

describe('rules', () => {
  test.each([
    [{ quantity: '0.000001', price: '100' }, 'QUANTITY_STEP', '0.00001', '0.000001'],
    [{ quantity: '1', price: '100.001' }, 'PRICE_TICK', '0.01', '100.001'],
    [{ symbol: 'AAPL', quantity: '1.5', price: '100' }, 'QUANTITY_STEP', '1', '1.5'],
    [{ quantity: '0.01', price: '100' }, 'MIN_NOTIONAL', '5', '1'],
    [{ symbol: 'NONE', price: '100' }, 'UNKNOWN_SYMBOL', null, null],
    [{ price: '100', type: 'MARKET' as const }, 'INVALID_ORDER', null, null],
    [{ type: 'LIMIT' as const }, 'INVALID_ORDER', null, null],
  ])('%o is refused: %s', (terms, code, limit, actual) => {
    expect(table.place(terms)).toMatchObject({ status: 'REJECTED', rejection: { code, limit, actual } });
  });

  test("an owner's limits refuse what would break them, and let what reduces pass", () => {
    const limits = { owner: ALICE, version: 1, maxLossUsd: null, maxExposureUsd: null, updatedAt: 0 };
    table.process({ kind: 'limits', limits: { ...limits, maxPositionUsd: decimal('250') } });
    table.place({ quantity: '1' });
    table.place({ quantity: '1', price: '100' });
    expect(table.place({ quantity: '1', price: '100' })).toMatchObject({
      status: 'REJECTED',
      rejection: { code: 'POSITION_LIMIT', limit: '250', actual: '300' },
    });
    expect(table.place({ quantity: '1' }, BOB).status).toBe('FILLED');
    table.process({
      kind: 'limits',
      limits: { ...limits, version: 2, maxPositionUsd: null, maxLossUsd: decimal('5') },
    });
    table.process({ kind: 'price', symbol: 'BTCUSDT', price: decimal('90'), stale: false });
    expect(table.place({ quantity: '1', price: '95' })).toMatchObject({
      rejection: { code: 'LOSS_LIMIT', limit: '5', actual: '11.101' },
    });
    expect(table.place({ side: 'SELL', quantity: '1' }).status).toBe('FILLED');
  });
});

test('an order is taken up again at the end of its queue, with what it locks', () => {
  const rested = { ...orderOf('old', ALICE, { quantity: '1', price: '100' }), status: 'NEW' as const, version: 2 };
  const again = new PaperTable(BTC);
  again.process({ kind: 'order', order: rested });
  again.trade('BTCUSDT', 'SELL', '100', '50');
  expect(again.fills('old')).toEqual([]);
  again.book('BTCUSDT', BIDS, ASKS);
  again.trade('BTCUSDT', 'SELL', '100', '2.5');
  expect(again.fills('old')).toEqual(['0.5@100']);
});

test('a stop that is taken up again comes to life at the next trade beyond its price, and not at what traded before', () => {
  const stop = orderOf('old', ALICE, { side: 'BUY', quantity: '1', stopPrice: '105' });
  const again = new PaperTable(BTC);
  again.process({ kind: 'order', order: { ...stop, status: 'NEW', version: 2 } });
  again.book('BTCUSDT', BIDS, ASKS);
  again.trade('BTCUSDT', 'BUY', '104', '1');
  expect(again.fills('old')).toEqual([]);
  again.trade('BTCUSDT', 'BUY', '110', '1');
  expect(again.order('old')).toMatchObject({ status: 'FILLED' });
});
