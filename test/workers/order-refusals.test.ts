import { describe, expect, test } from 'vitest';
import { paperStage } from '../support/paper-stage.ts';
import { eventually } from '../support/server.ts';

const BUY = 'side: BUY, type: LIMIT';
const LONG = 'x'.repeat(65);

describe('what cannot be an order', () => {
  test('is refused at once, by rule, argument and what is allowed', async () => {
    const { place, ask } = await paperStage();
    for (const [terms, rule, argument, allowed] of [
      [`${BUY}, price: "100", quantity: "0.000001"`, 'QUANTITY_STEP', 'quantity', 'a multiple of 0.00001 above 0'],
      [`${BUY}, price: "100", quantity: "0"`, 'MIN_QUANTITY', 'quantity', 'a multiple of 0.00001 above 0'],
      [`${BUY}, price: "100", quantity: "-1"`, 'MIN_QUANTITY', 'quantity', 'a multiple of 0.00001 above 0'],
      [`${BUY}, price: "100.001", quantity: "1"`, 'PRICE_TICK', 'price', 'a multiple of 0.01 above 0'],
      [`${BUY}, price: "0", quantity: "1"`, 'PRICE_TICK', 'price', 'a multiple of 0.01 above 0'],
      [`${BUY}, price: "100", quantity: "0.04999"`, 'MIN_NOTIONAL', 'quantity', 'price times quantity of at least 5'],
      [`${BUY}, price: "100", quantity: "2000000000000"`, 'INVALID_ORDER', 'quantity', 'at most 1000000000000'],
      [
        'side: BUY, type: STOP, stopPrice: "120.005", quantity: "1"',
        'PRICE_TICK',
        'stopPrice',
        'a multiple of 0.01 above 0',
      ],
    ] as const) {
      const { errors, data } = await place(terms);
      expect(data).toBeNull();
      expect([terms, errors?.[0]]).toMatchObject([
        terms,
        {
          message: expect.stringContaining(rule),
          extensions: { code: 'BAD_USER_INPUT', argument: `input.${argument}`, allowed },
        },
      ]);
    }
    for (const [terms, argument] of [
      [`${BUY}, quantity: "1"`, 'input.price'],
      ['side: BUY, type: MARKET, price: "100", quantity: "1"', 'input.price'],
      ['side: BUY, type: STOP, quantity: "1"', 'input.stopPrice'],
      [`${BUY}, price: "100", quantity: "1", postOnly: true, timeInForce: IOC`, 'input.postOnly'],
      [`${BUY}, price: "100", quantity: "1", clientOrderId: "${LONG}"`, 'input.clientOrderId'],
      [`${BUY}, price: "100", quantity: "1", clientOrderId: ""`, 'input.clientOrderId'],
    ] as const) {
      const { errors } = await place(terms);
      expect([terms, errors?.[0]?.extensions]).toMatchObject([terms, { code: 'BAD_USER_INPUT', argument }]);
    }
    const unknown = await ask(
      'mutation { placeOrder(input: {symbol: "BTCUSD", side: BUY, type: MARKET, quantity: "1"}) { order { id } } }',
    );
    expect(unknown.errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument: 'input.symbol',
      allowed: ['BTCUSDT'],
    });
    // Nothing of all that was stored.
    const { data } = await ask<{ orders: { edges: unknown[] } }>('{ orders { edges { node { id } } } }');
    expect(data?.orders.edges).toEqual([]);
  });

  test('is rejected by the venue with the rule, its limit and what was asked', async () => {
    const { placed } = await paperStage();
    for (const [terms, code, limit, actual] of [
      [`${BUY}, price: "100", quantity: "1000"`, 'INSUFFICIENT_BALANCE', '100000', '100100'],
      ['side: SELL, type: MARKET, quantity: "1"', 'INSUFFICIENT_BALANCE', '0', '1'],
      [`${BUY}, price: "101", quantity: "1", postOnly: true`, 'POST_ONLY_WOULD_TAKE', '101', '101'],
      ['side: BUY, type: MARKET, quantity: "1", reduceOnly: true', 'REDUCE_ONLY_WOULD_INCREASE', '0', '1'],
    ] as const)
      expect([terms, (await placed(terms, 'REJECTED')).rejection]).toEqual([terms, { code, limit, actual }]);
  });
});

describe('what an order cannot become', () => {
  test('is refused with why, and leaves it as it was', async () => {
    const { ask, place, placed, look, shows, trades } = await paperStage();
    const errorOf = async (text: string) => (await ask(`mutation { ${text} }`)).errors?.[0];
    const resting = await placed(`${BUY}, price: "100", quantity: "2", clientOrderId: "mine"`, 'NEW');
    expect((await place(`${BUY}, price: "99", quantity: "2", clientOrderId: "mine"`)).errors?.[0]).toMatchObject({
      extensions: { code: 'CONFLICT', argument: 'input.clientOrderId', allowed: expect.stringContaining('same terms') },
    });
    // Five stand before it: of six one is its.
    await trades('SELL', '100', '6');
    await eventually('a part is filled', async () => (await look(resting.id)).filledQuantity === '1');
    expect(
      await errorOf(`amendOrder(input: {orderId: "${resting.id}", quantity: "0.5"}) { order { id } }`),
    ).toMatchObject({
      message: expect.stringContaining('1 of it is filled'),
      extensions: {
        code: 'BAD_USER_INPUT',
        argument: 'input.quantity',
        allowed: expect.stringContaining('more than 1'),
      },
    });
    expect(
      await errorOf(`amendOrder(input: {orderId: "${resting.id}", price: "100.001"}) { order { id } }`),
    ).toMatchObject({
      extensions: { code: 'BAD_USER_INPUT', argument: 'input.price', allowed: 'a multiple of 0.01 above 0' },
    });
    expect(await errorOf(`amendOrder(input: {orderId: "${resting.id}"}) { order { id } }`)).toMatchObject({
      extensions: { code: 'BAD_USER_INPUT', argument: 'input' },
    });
    // More than there is cash for: told by the order itself, which stands as it stood.
    expect(
      (await ask(`mutation { amendOrder(input: {orderId: "${resting.id}", quantity: "5000"}) { order { id } } }`))
        .errors,
    ).toBeUndefined();
    await eventually('it says so', async () => (await look(resting.id)).rejection !== null);
    expect(await look(resting.id)).toMatchObject({
      status: 'PARTIALLY_FILLED',
      filledQuantity: '1',
      rejection: { code: 'INSUFFICIENT_BALANCE', limit: '99899.9' },
    });
    await shows([['99', '5']], [['100', '5']]);
    await eventually('it is filled', async () => (await look(resting.id)).status === 'FILLED');
    for (const change of [
      `cancelOrder(input: {orderId: "${resting.id}"}) { order { id } }`,
      `amendOrder(input: {orderId: "${resting.id}", quantity: "0.00000001"}) { order { id } }`,
    ])
      expect(await errorOf(change)).toMatchObject({
        message: expect.stringContaining('is filled'),
        extensions: {
          code: 'CONFLICT',
          argument: 'input.orderId',
          allowed: expect.stringContaining('PARTIALLY_FILLED'),
        },
      });
    const other = `cancelOrder(input: {orderId: "${Buffer.from('Order:nobody').toString('base64')}"}) { order { id } }`;
    expect(await errorOf(other)).toMatchObject({ extensions: { code: 'NOT_FOUND', argument: 'input.orderId' } });
  });
});
