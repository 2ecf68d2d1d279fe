import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BotEngine, type BotEvent, type BotOutput } from '../../../src/engines/bots/bot-engine.ts';
import { compareDecimals, type Decimal, decimal } from '../../../src/lib/decimal.ts';
import { fixed, multiply } from '../../../src/lib/fixed.ts';
import { type Bot, botPnl, type GridPlan } from '../../../src/model/bot.ts';
import { gridCost } from '../../../src/model/grid.ts';
import type { OrderTerms } from '../../../src/model/order.ts';
import { bot, botOrder } from '../../support/bots.ts';
import { signal } from '../../support/market.ts';
import { ALICE, BOB } from '../../support/owner-schema.ts';

const START = Date.UTC(2026, 0, 1);

/** An engine with one bot, and what it wanted done. */
class Trial {
  readonly engine = new BotEngine();
  readonly placed: { readonly clientOrderId: string; readonly terms: OrderTerms }[] = [];
  cancels = 0;

  constructor(one: Bot) {
    this.tell({ kind: 'bot', bot: one });
  }

  tell(...events: readonly BotEvent[]): this {
    for (const event of events) for (const output of this.engine.process(event)) this.#note(output);
    return this;
  }

  price(text: string): this {
    return this.tell({ kind: 'price', symbol: 'A', price: decimal(text), now: START });
  }

  start(): this {
    return this.tell({ kind: 'start', botId: 'b', now: START });
  }

  /** Fills an order that was placed. */
  fill(place: number, more: Parameters<typeof botOrder>[4] = {}): this {
    const { clientOrderId, terms } = this.placed[place] as (typeof this.placed)[0];
    const order = botOrder(ALICE, 'b', clientOrderId, terms, {
      version: 9,
      status: 'FILLED',
      filledQuantity: terms.quantity,
      ...more,
    });
    return this.tell({ kind: 'order', order, now: START });
  }

  get bot(): Bot {
    return [...this.engine.all(START)][0] as Bot;
  }

  get wants(): readonly string[] {
    return this.placed.map(({ terms: { side, quantity, price } }) => `${side} ${quantity} at ${price ?? 'market'}`);
  }

  #note(output: BotOutput): void {
    if (output.kind === 'cancel-all') this.cancels++;
    else this.placed.push(output);
  }
}

const GRID: GridPlan = {
  kind: 'GRID',
  lower: decimal('90'),
  upper: decimal('110'),
  steps: 4,
  quantity: decimal('2'),
  budget: decimal('780'),
};

describe('a DCA bot', () => {
  const time = (at: number): BotEvent => ({ kind: 'time', now: START + at });

  test('buys at once, then at each interval once, and makes nothing up', () => {
    const trial = new Trial(bot('b', ALICE)).start().tell(time(0));
    expect(trial.placed).toEqual([]);
    trial.price('40').tell(time(59_999));
    expect(trial.wants).toEqual(['BUY 2.5 at market']);
    trial.tell(time(60_000), time(60_001));
    expect(trial.wants).toHaveLength(2);
    trial.tell(time(300_500), time(359_999));
    expect(trial.wants).toHaveLength(3);
    trial.tell(time(360_000));
    expect(trial.placed.map(({ clientOrderId }) => clientOrderId)).toEqual([
      'bot-b-1',
      'bot-b-2',
      'bot-b-3',
      'bot-b-4',
    ]);
  });

  test('does nothing while it is paused or stopped, or before it is started', () => {
    const trial = new Trial(bot('b', ALICE)).price('40').tell(time(0));
    trial.start().tell({ kind: 'pause', botId: 'b', now: START }, time(600_000));
    expect(trial.wants).toHaveLength(1);
    expect(trial.cancels).toBe(0);
    trial.tell({ kind: 'stop', botId: 'b', now: START }, time(700_000));
    expect([trial.wants.length, trial.cancels, trial.bot.status]).toEqual([1, 1, 'STOPPED']);
  });
});

describe('a grid bot', () => {
  test('buys at the bottom of each step below the price, and sells what it bought at the top', () => {
    const trial = new Trial(bot('b', ALICE, { plan: GRID })).start().price('101');
    expect(trial.wants).toEqual(['BUY 2 at 90', 'BUY 2 at 95', 'BUY 2 at 100']);
    trial.fill(2);
    expect(trial.wants.at(-1)).toBe('SELL 2 at 105');
    trial.fill(3, { fees: decimal('0.5') });
    expect(trial.wants.at(-1)).toBe('BUY 2 at 100');
    expect(trial.bot).toMatchObject({ realizedPnl: '10', fees: '0.5', position: '0', cost: '0', sales: 1, gains: 1 });
    trial.price('106');
    expect(trial.wants.at(-1)).toBe('BUY 2 at 105');
  });

  test('sells what was filled of an order that ended early', () => {
    const trial = new Trial(bot('b', ALICE, { plan: GRID })).start().price('101');
    trial.fill(0, { status: 'CANCELED', filledQuantity: decimal('0.3') });
    expect(trial.wants.at(-1)).toBe('SELL 0.3 at 95');
  });

  test('never orders more than its budget pays, whatever the prices and the fills', () => {
    expect(gridCost(GRID, decimal('0.01'))).toBe('780');
    const step = fc.oneof(
      fc.record({ price: fc.integer({ min: 80, max: 120 }) }),
      fc.record({ order: fc.nat(), part: fc.integer({ min: 0, max: 10 }), ends: fc.boolean() }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const trial = new Trial(bot('b', ALICE, { plan: GRID })).start();
        let version = 2;
        for (const one of steps) {
          if ('price' in one) trial.price(String(one.price));
          else {
            const { orders } = trial.bot;
            const open = orders[one.order % Math.max(1, orders.length)];
            const place = trial.placed.findIndex(({ clientOrderId }) => clientOrderId === open?.clientOrderId);
            if (!open) continue;
            const wanted = decimal(String((Number(open.terms.quantity) * one.part) / 10));
            const filled = compareDecimals(wanted, open.filledQuantity) < 0 ? open.filledQuantity : wanted;
            trial.fill(place, {
              version: ++version,
              filledQuantity: filled,
              status: one.part === 10 ? 'FILLED' : one.ends ? 'CANCELED' : 'PARTIALLY_FILLED',
            });
          }
          const { orders, held, cost, position } = trial.bot;
          let committed = fixed(cost);
          for (const { terms, filledQuantity } of orders)
            if (terms.side === 'BUY')
              committed += multiply(
                fixed(terms.price ?? ('0' as Decimal)),
                fixed(terms.quantity) - fixed(filledQuantity),
              );
          expect(committed <= fixed(GRID.budget)).toBe(true);
          // One order a step, and what the steps hold is what the bot has.
          expect(new Set(orders.map(({ slot }) => slot)).size).toBe(orders.length);
          expect(held.reduce((sum, one) => sum + fixed(one), 0n)).toBe(fixed(position));
        }
        expect(new Set(trial.placed.map(({ clientOrderId }) => clientOrderId)).size).toBe(trial.placed.length);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a bot that follows signals', () => {
  const plan = { kind: 'SIGNAL', amount: decimal('50'), strategies: ['TEST'], minConfidence: 0.6 } as const;
  const said = (more: Parameters<typeof signal>[2]): BotEvent => ({
    kind: 'signal',
    signal: signal('A', 1, { confidence: 0.7, ...more }),
    now: START,
  });

  test('buys once on BUY and sells what it has on SELL', () => {
    const trial = new Trial(bot('b', ALICE, { plan })).start().price('100');
    trial.tell(
      said({ confidence: 0.5 }),
      said({ strategy: 'OTHER' }),
      said({ symbol: 'B' }),
      said({ owner: BOB }),
      said({ signalType: 'SELL' }),
      said({}),
      said({}),
    );
    expect(trial.wants).toEqual(['BUY 0.5 at market']);
    trial.fill(0).tell(said({}), said({ signalType: 'HOLD' }), said({ signalType: 'SELL', owner: ALICE }));
    expect(trial.wants).toEqual(['BUY 0.5 at market', 'SELL 0.5 at market']);
    trial.fill(1, { at: '90' });
    expect(trial.bot).toMatchObject({ realizedPnl: '-5', sales: 1, gains: 0, tradesToday: 2 });
  });
});

describe('a bot', () => {
  test('counts what became of an order once, however often it is told, and in whatever order', () => {
    const trial = new Trial(bot('b', ALICE)).start().price('100').tell({ kind: 'time', now: START });
    trial.fill(0, { status: 'PARTIALLY_FILLED', filledQuantity: decimal('0.4'), version: 3 });
    trial.fill(0, { status: 'PARTIALLY_FILLED', filledQuantity: decimal('0.4'), version: 3 });
    trial.fill(0, { status: 'NEW', version: 2, filledQuantity: decimal('0') });
    expect(trial.bot).toMatchObject({ position: '0.4', cost: '40' });
    trial.fill(0, { version: 4 }).fill(0, { version: 4 });
    expect(trial.bot).toMatchObject({ position: '1', cost: '100', orders: [], tradesToday: 1 });
    trial.price('110');
    expect(botPnl(trial.bot)).toBe(fixed(decimal('10')));
  });

  test.each([
    [{ maxOrders: 2 }, /2 orders/],
    [{ maxPosition: decimal('5') }, /its limit is 5/],
  ])('that would go beyond %o fails, says why, and has its orders cancelled', (limit, why) => {
    const limits = { maxOrders: null, maxPosition: null, maxLoss: null, ...limit };
    const trial = new Trial(bot('b', ALICE, { plan: GRID, limits })).start().price('101');
    expect(trial.bot.status).toBe('FAILED');
    expect(trial.bot.lastError).toMatch(why);
    expect([trial.wants.length, trial.cancels]).toEqual([2, 1]);
    trial.price('102').fill(0);
    expect(trial.wants).toHaveLength(2);
  });

  test('that has lost its limit fails; another goes on', () => {
    const limits = { maxOrders: null, maxPosition: null, maxLoss: decimal('20') };
    const trial = new Trial(bot('b', ALICE, { limits })).start().price('100').fill(0);
    trial.price('80.01');
    expect(trial.bot.status).toBe('RUNNING');
    trial.tell({ kind: 'bot', bot: bot('c', BOB, { status: 'RUNNING' }) }).price('80');
    expect([...trial.engine.all(START)].map(({ status }) => status)).toEqual(['FAILED', 'RUNNING']);
    expect(trial.bot.lastError).toMatch(/lost 20/);
  });

  test('whose order is rejected fails with the venue’s word, and can be started again', () => {
    const trial = new Trial(bot('b', ALICE)).start().price('100');
    const rejection = { code: 'INSUFFICIENT_BALANCE', message: 'Too poor.', limit: null, actual: null } as const;
    trial.fill(0, { status: 'REJECTED', filledQuantity: decimal('0'), rejection });
    expect(trial.bot).toMatchObject({ status: 'FAILED', lastError: 'Too poor.', orders: [] });
    trial.start();
    expect(trial.bot).toMatchObject({ status: 'RUNNING', lastError: null });
    expect(trial.placed.map(({ clientOrderId }) => clientOrderId)).toEqual(['bot-b-1', 'bot-b-2']);
  });
});
