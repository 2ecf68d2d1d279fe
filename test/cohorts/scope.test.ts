import {
  buildSchema,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { Delivery } from '../../src/cohorts/delivery.ts';
import type { Lane } from '../../src/cohorts/lane.ts';
import { SCOPED } from '../../src/cohorts/question.ts';
import { subscribeState } from '../../src/cohorts/request.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { price } from '../support/market.ts';
import { silentLog } from '../support/server.ts';

interface Viewer {
  readonly viewer: string | null;
}

/** A public topic, with a field deep below it that depends on who asks: marked as such, or forgotten. */
function schemaWith(marked: boolean): GraphQLSchema {
  const schema = buildSchema(`
    type Query { nothing: Int }
    type Subscription { prices: Price! }
    type Price { symbol: String! mine: Mine! }
    type Mine { secret: String }
  `);
  const { prices } = schema.getSubscriptionType()?.getFields() ?? {};
  if (!prices) throw new Error('no field');
  prices.subscribe = () => subscribeState(topics.prices);
  prices.resolve = (frame) => frame;
  const type = (name: string) => (schema.getType(name) as GraphQLObjectType).getFields();
  const { symbol, mine } = type('Price');
  const { secret } = type('Mine');
  if (!symbol || !mine || !secret) throw new Error('no field');
  symbol.resolve = (frame) => frame.value.symbol;
  mine.resolve = () => ({});
  secret.resolve = (_mine, _args, { viewer }: Viewer) => {
    if (viewer === null) throw new Error('this needs an identity');
    return `secret of ${viewer}`;
  };
  if (marked) secret.extensions = { [SCOPED]: true };
  return schema;
}

async function seenBy(viewers: readonly string[], query: string, marked: boolean) {
  const bus = createMemoryBus({ clock: systemClock, log: silentLog });
  const contexts: object[] = [];
  const delivery = new Delivery({
    schema: schemaWith(marked),
    buses: { shared: bus, process: bus },
    clock: systemClock,
    log: silentLog,
    freshContext: (like) => {
      const context = { viewer: (like as Viewer | null)?.viewer ?? null };
      contexts.push(context);
      return context;
    },
    scopeOf: (context) => (context as Viewer).viewer ?? '',
  });
  const document = parse(query);
  const operation = document.definitions.find(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  );
  if (!operation) throw new Error('no operation');
  const fragments = new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );
  const seen: string[][] = [];
  for (const viewer of viewers) {
    const frames: string[] = [];
    seen.push(frames);
    const lane: Lane = {
      blocked: false,
      onRoom: null,
      next: (payload) => frames.push(payload.toString()),
      live: () => undefined,
    };
    await delivery.subscribe({ document, operation, fragments, variables: {}, context: { viewer } }, lane);
  }
  for (const text of ['1', '2']) await bus.publishState(topics.prices, price('A', text));
  await new Promise((resolve) => setImmediate(resolve));
  return { seen, questions: delivery.questions, contexts, executions: delivery.counters.executions };
}

describe('what depends on who asks', () => {
  test('deep below a public field is seen by its owner alone', async () => {
    const { seen, questions } = await seenBy(
      ['alice', 'bob', 'alice'],
      'subscription { prices { symbol mine { secret } } }',
      true,
    );
    expect(seen[0]?.join()).toContain('secret of alice');
    expect(seen[0]?.join()).not.toContain('bob');
    expect(seen[1]?.join()).toContain('secret of bob');
    expect(seen[1]?.join()).not.toContain('alice');
    expect(seen[2]).toEqual(seen[0]);
    expect(questions).toBe(2);
  });

  test('through a fragment as well', async () => {
    const { seen } = await seenBy(
      ['alice', 'bob'],
      'subscription { prices { ...F } } fragment F on Price { mine { ... on Mine { s: secret } } }',
      true,
    );
    expect(seen[1]?.join()).toContain('secret of bob');
    expect(seen[1]?.join()).not.toContain('alice');
  });

  test('and forgot to say so fails instead of leaking', async () => {
    const { seen, questions } = await seenBy(
      ['alice', 'bob'],
      'subscription { prices { symbol mine { secret } } }',
      false,
    );
    expect(questions).toBe(1);
    expect(seen.flat().join()).not.toContain('secret of');
    expect(seen.flat().join()).toContain('"secret":null');
  });

  test('is not asked for by a public question, which all share', async () => {
    const { seen, questions, executions } = await seenBy(
      ['alice', 'bob', 'carol'],
      'subscription { prices { symbol } }',
      true,
    );
    expect(questions).toBe(1);
    expect(executions).toBe(2);
    expect(seen[1]).toEqual(seen[0]);
  });

  test('is decided anew for every execution: none shares its context with another', async () => {
    const { contexts, executions } = await seenBy(
      ['alice', 'bob'],
      'subscription { prices { mine { secret } } }',
      true,
    );
    expect(new Set(contexts).size).toBe(executions);
  });
});
