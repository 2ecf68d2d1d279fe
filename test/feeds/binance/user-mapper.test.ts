import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mapUserEvent } from '../../../src/feeds/binance/user-mapper.ts';
import { position, report, type UserFrame } from '../../support/binance-account.ts';
import { RECORDINGS_DIR } from '../../support/recording.ts';

const FILE = join(RECORDINGS_DIR, 'orders/execution_reports_real.jsonl');
const isThere = existsSync(FILE);

const orderOf = (frame: unknown) => {
  const event = mapUserEvent(frame, 1);
  if (event.kind !== 'order') throw new Error(`no order but ${JSON.stringify(event)}`);
  return event.order;
};

describe('events of an account', () => {
  test('an order and its fill, ids being numbers or text', () => {
    const fill = { does: 'TRADE', status: 'PARTIALLY_FILLED', quantity: '2.00000000', price: '100.10000000' } as const;
    const facts = { last: ['0.50000000', '100.10000000', '77'], filled: '0.50000000', value: '50.05000000' } as const;
    const order = orderOf(report({ orderId: '51', ...fill, ...facts, fee: ['0.0005', 'BTC'], maker: true, at: 5 }));
    expect(order).toMatchObject({
      orderId: '51',
      base: 'BTC',
      quote: 'USDT',
      type: 'LIMIT',
      status: 'PARTIALLY_FILLED',
      quantity: '2',
      price: '100.1',
      filledQuantity: '0.5',
      filledValue: '50.05',
      reason: null,
    });
    expect(order.fills).toEqual([
      {
        filledAfter: '0.5',
        quantity: '0.5',
        price: '100.1',
        fee: '0.0005',
        feeCurrency: 'BTC',
        liquidity: 'MAKER',
        tradeId: '77',
        at: 5,
      },
    ]);
  });

  test.each([
    ['LIMIT_MAKER', '90', '0', { type: 'LIMIT', postOnly: true, price: '90', stopPrice: null }],
    ['STOP_LOSS', '0', '80', { type: 'STOP', postOnly: false, price: null, stopPrice: '80' }],
    ['STOP_LOSS_LIMIT', '79', '80', { type: 'STOP_LIMIT', postOnly: false, price: '79', stopPrice: '80' }],
    ['TAKE_PROFIT', '0', '120', { type: 'TAKE_PROFIT', postOnly: false, price: null, stopPrice: '120' }],
    ['TAKE_PROFIT_LIMIT', '119', '120', { type: 'TAKE_PROFIT', postOnly: false, price: '119', stopPrice: '120' }],
  ])('%s is one of ours', (o, p, P, expected) => {
    const of = { orderId: 1, does: 'NEW', status: 'NEW', quantity: '1', at: 5, more: { o, p, P } } as const;
    expect(orderOf(report(of))).toMatchObject(expected);
  });

  test('a cancellation is about the order by its first name; a refusal says why', () => {
    const cancelled = { orderId: 1, does: 'CANCELED', status: 'CANCELED', quantity: '1', price: '9', at: 5 } as const;
    expect(orderOf(report({ ...cancelled, more: { C: 'mine', c: 'cancel-7' } })).clientOrderId).toBe('mine');
    const refused = {
      ...cancelled,
      does: 'REJECTED',
      status: 'REJECTED',
      more: { r: 'INSUFFICIENT_BALANCES' },
    } as const;
    expect(orderOf(report(refused))).toMatchObject({ status: 'REJECTED', reason: 'INSUFFICIENT_BALANCES' });
  });

  test('balances are what is free and what is locked', () => {
    expect(mapUserEvent(position(9, { USDT: ['10.5', '4.50'], BTC: ['1', '0'] }), 1)).toEqual({
      kind: 'balances',
      balances: {
        balances: [
          { currency: 'USDT', amount: '15', locked: '4.5' },
          { currency: 'BTC', amount: '1', locked: '0' },
        ],
        whole: false,
        timestamp: 9,
        receivedAt: 1,
      },
    });
  });

  test('whatever else comes is told to be malformed, and nothing throws', () => {
    const good = report({ orderId: 1, does: 'NEW', status: 'NEW', quantity: '1', price: '9', at: 5 });
    const names = Object.keys(good);
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.jsonValue(), (name, value) => {
        const event = mapUserEvent({ ...good, [name]: value }, 1);
        expect(['order', 'malformed', 'other', 'balances', 'moved', 'terminated']).toContain(event.kind);
        if (event.kind !== 'order') return;
        expect(event.order.quantity).toMatch(/^\d/);
        expect(['NEW', 'PARTIALLY_FILLED', 'FILLED', 'CANCELED', 'REJECTED', 'EXPIRED', 'PENDING']).toContain(
          event.order.status,
        );
      }),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.jsonValue(), (value) => void mapUserEvent(value, 1)));
  });

  test.skipIf(!isThere)('every recorded event is read (skipped where the recordings are not at RECORDINGS_DIR)', () => {
    const lines = readFileSync(FILE, 'utf8').trim().split('\n');
    const frames = lines.map((line) => JSON.parse(line) as { seq: string; msg: UserFrame });
    const kinds = frames.map(({ msg }) => mapUserEvent(msg, 1).kind);
    expect(kinds.filter((kind) => kind === 'order')).toHaveLength(13);
    expect(kinds.filter((kind) => kind === 'balances')).toHaveLength(3);
    expect(kinds.filter((kind) => kind === 'malformed')).toEqual([]);
    const fills = frames.flatMap(({ msg }) => {
      const event = mapUserEvent(msg, 1);
      return event.kind === 'order' ? event.order.fills.map((fill) => ({ of: event.order, fill })) : [];
    });
    // As the files have them: two fills of one order share a trade id, and are told apart by how far the order had come.
    expect(fills.map(({ of, fill }) => [of.orderId, fill.tradeId, fill.quantity, fill.filledAfter])).toEqual([
      ['492066722', '34491699', '5.9', '5.9'],
      ['9639329831', '1251701408', '0.007', '0.007'],
      ['51481849', '798491', '869.56', '869.56'],
      ['51481850', '798492', '200', '200'],
      ['51481850', '798492', '669.47', '869.47'],
    ]);
  });
});
