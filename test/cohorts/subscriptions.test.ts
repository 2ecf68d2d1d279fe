import { Kind, type OperationDefinitionNode, parse, print } from 'graphql';
import { describe, expect, test } from 'vitest';
import { topics } from '../../src/bus/topics.ts';
import { schema } from '../../src/schema/index.ts';
import { PROMISED_OPERATIONS } from '../contracts/promised-operations.ts';
import { subscriptionContract } from '../contracts/subscription.ts';
import { beginExam } from '../contracts/subscription-exam.ts';
import { fixtures, INTERNAL_TOPICS } from '../contracts/subscription-fixtures.ts';
import { instrument } from '../support/market.ts';

const fields = Object.keys(schema.getSubscriptionType()?.getFields() ?? {});

describe('the exam of subscription fields', () => {
  test.each(fields)('knows how to make and publish the values of %s', (field) => {
    expect(Object.keys(fixtures)).toContain(field);
  });

  test('has no fixture of a field that is gone', () => {
    expect(Object.keys(fixtures).filter((field) => !fields.includes(field))).toEqual([]);
  });

  test('finds every row of the topic table delivered by a field, or internal for a reason', () => {
    const delivered = Object.values(fixtures).map(({ topic }) => topic.name);
    const names = Object.values(topics).map(({ name }) => name);
    expect([...new Set([...delivered, ...Object.keys(INTERNAL_TOPICS)])].sort()).toEqual([...names].sort());
    expect(Object.keys(INTERNAL_TOPICS).filter((name) => delivered.includes(name))).toEqual([]);
  });
});

for (const field of fields) {
  const fixture = fixtures[field];
  if (fixture) subscriptionContract(field, fixture);
}

const operations = parse(PROMISED_OPERATIONS)
  .definitions.filter((node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION)
  .flatMap((node) => {
    const [root] = node.selectionSet.selections;
    const field = root?.kind === Kind.FIELD ? root.name.value : '';
    return fields.includes(field) ? [{ name: node.name?.value ?? '', field, text: print(node) }] : [];
  });

/** The symbols that they name. */
const SYMBOLS = ['BTCUSDT', 'BTC-PERP', 'AAPL'];

/** Operations about something that must be stored first: test/e2e/positions.test.ts and test/schema/token-prices.test.ts run them. */
const RUN_ELSEWHERE = ['PositionValue', 'TokenMarket'];

describe('a promised operation', () => {
  test.each(operations.filter(({ name }) => !RUN_ELSEWHERE.includes(name)))(
    '$name runs as written',
    async ({ field, text }) => {
      const fixture = fixtures[field];
      if (!fixture) throw new Error(`${field} has no fixture`);
      const exam = await beginExam(field, fixture);
      for (const symbol of SYMBOLS) await exam.server.bus.publishState(topics.instruments, instrument(symbol));
      exam.client.subscribe('a', text, { cursor: null });
      await exam.client.live('a');
      const keys = fixture.keys('').includes('A') ? SYMBOLS : exam.keys;
      for (const key of keys) for (const number of [1, 2_001, 2_004]) await exam.publish({ key, number });
      await exam.client.settled();
      const frames = exam.client.received.filter(({ id }) => id === 'a');
      expect(frames.length).toBeGreaterThan(0);
      for (const { type, payload } of frames) {
        expect(type).toBe('next');
        expect(payload).toEqual({ data: { [field]: expect.objectContaining({ id: expect.any(String) }) } });
      }
    },
  );
});
