import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Decimal, decimal } from '../../../src/lib/decimal.ts';
import { absolute, type Fixed, fixed, multiply } from '../../../src/lib/fixed.ts';
import type { Side } from '../../../src/model/trade.ts';
import { ALICE, BOB, BTC, BTC_PERP, CASH, PaperTable } from './paper-events.ts';

/** Prices of a market that moves between 90 and 110, in ticks of 0.5; sizes in tenths. */
const price = fc.integer({ min: 180, max: 220 }).map((ticks) => String(ticks / 2));
const size = fc.integer({ min: 1, max: 40 }).map((tenths) => String(tenths / 10));
const side = fc.constantFrom<Side>('BUY', 'SELL');
const symbol = fc.constantFrom('BTCUSDT', 'BTC-PERP');

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('place' as const),
      symbol,
      owner: fc.constantFrom(ALICE, BOB),
      side,
      quantity: size,
      price: fc.option(price),
      stopPrice: fc.option(price, { freq: 4 }),
      timeInForce: fc.constantFrom('GTC' as const, 'IOC' as const, 'FOK' as const),
      reduceOnly: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('book' as const),
      symbol,
      middle: price,
      bid: size,
      ask: size,
      deep: size,
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('trade' as const), symbol, side, price, quantity: size }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('amend' as const),
      nth: fc.nat(20),
      quantity: fc.option(size),
      price: fc.option(price),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), nth: fc.nat(20) }) },
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** The levels of a book a tick of 0.5 apart, two a side. */
function sides({ middle, bid, ask, deep }: Extract<Step, { kind: 'book' }>) {
  const at = (away: number) => String(Number(middle) + away);
  return {
    bids: [
      [at(-0.5), bid],
      [at(-1), deep],
    ] as const,
    asks: [
      [at(0.5), ask],
      [at(1), deep],
    ] as const,
  };
}

/** Plays steps, and looks after each whether all that must always hold does. */
function play(steps: readonly Step[]): PaperTable {
  const table = new PaperTable(BTC, BTC_PERP);
  const shown = new Set<string>();
  const key = (of: string, at: Decimal) => `${of}|${at}`;
  const ids: string[] = [];
  for (const one of steps) {
    const before = table.outputs.length;
    if (one.kind === 'book') {
      const { bids, asks } = sides(one);
      for (const [at] of [...bids, ...asks]) shown.add(key(one.symbol, decimal(at)));
      table.book(one.symbol, bids, asks);
    } else if (one.kind === 'trade') {
      shown.add(key(one.symbol, decimal(one.price)));
      table.trade(one.symbol, one.side, one.price, one.quantity);
      const filled = fillsSince(table, before).filter(({ tradeId }) => tradeId !== null);
      const sum = filled.reduce((total, { quantity }) => total + fixed(quantity), 0n);
      // All orders together get no more of a trade than was traded.
      expect(sum <= fixed(decimal(one.quantity))).toBe(true);
    } else if (one.kind === 'place') {
      const { kind: _, owner, ...terms } = one;
      ids.push(table.place(terms, owner).id);
    } else {
      const id = ids[one.nth % Math.max(1, ids.length)];
      if (id === undefined) continue;
      if (one.kind === 'cancel') table.cancel(id);
      else
        table.amend(id, {
          ...(one.quantity !== null && { quantity: one.quantity }),
          ...(one.price !== null && { price: one.price }),
        });
    }
    for (const { symbol: of, price: at } of fillsSince(table, before)) expect(shown.has(key(of, at))).toBe(true);
    holds(table, ids);
  }
  return table;
}

function fillsSince(table: PaperTable, place: number) {
  return table.outputs.slice(place).flatMap((output) => (output.kind === 'execution' ? [output.execution] : []));
}

function holds(table: PaperTable, ids: readonly string[]): void {
  for (const id of ids) {
    const order = table.order(id);
    const fills = table.executions(id);
    const filled = fills.reduce((sum, { quantity }) => sum + fixed(quantity), 0n);
    expect(filled).toBe(fixed(order.filledQuantity));
    expect(filled <= fixed(order.quantity)).toBe(true);
    for (const { price: at } of fills)
      if (order.price !== null && fills.length === 1 && order.version < 4)
        expect(order.side === 'BUY' ? fixed(at) <= fixed(order.price) : fixed(at) >= fixed(order.price)).toBe(true);
  }
  for (const owner of [ALICE, BOB]) {
    const account = table.venue.account(owner);
    let [spent, fees, realized] = [0n, 0n, 0n];
    const quantities = new Map<string, Fixed>();
    for (const { owner: of, symbol: at, side: way, quantity, price: paid, fee, realizedPnl } of table.executions()) {
      if (of !== owner) continue;
      const signed = way === 'BUY' ? fixed(quantity) : -fixed(quantity);
      quantities.set(at, (quantities.get(at) ?? 0n) + signed);
      fees += fixed(fee);
      if (at === 'BTCUSDT') spent += multiply(signed, fixed(paid));
      else realized += fixed(realizedPnl);
    }
    // Cash and what is held change by exactly what the executions say.
    const cash = account.cash('USDT') + account.cash('USD');
    const began = CASH.reduce((sum, { amount }) => sum + fixed(amount), 0n);
    expect(cash).toBe(began - spent - fees + realized);
    for (const at of ['BTCUSDT', 'BTC-PERP']) expect(account.quantity(at)).toBe(quantities.get(at) ?? 0n);
    // Nothing is sold that is not there, and nothing is locked that is not there.
    const held = account.held('BTCUSDT');
    if (held) {
      expect(held.quantity >= 0n && held.locked >= 0n && held.locked <= held.quantity).toBe(true);
      expect(absolute(held.quantity)).toBe(held.quantity);
    }
    for (const currency of ['USDT', 'USD']) expect(account.locked(currency) >= 0n).toBe(true);
    expect(account.cash('USDT') >= account.locked('USDT')).toBe(true);
  }
}

test('whatever orders, books and trades come: cash and holdings are the sum of the fills, and no fill is beyond what was shown', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const table = play(steps);
      for (const owner of [ALICE, BOB])
        table.process({ kind: 'cancel-all', owner, symbol: null, botId: null, now: ++table.now });
      expect(table.venue.open).toBe(0);
      for (const owner of [ALICE, BOB])
        for (const currency of ['USDT', 'USD']) expect(table.venue.account(owner).locked(currency)).toBe(0n);
    }),
    { numRuns: 300 },
  );
});

test('the same events give the same outputs', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      expect(play(steps).outputs).toEqual(play(steps).outputs);
    }),
    { numRuns: 30 },
  );
});
