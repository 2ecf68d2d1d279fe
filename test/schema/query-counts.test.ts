import { getNamedType, graphql, isCompositeType } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { schema } from '../../src/schema/index.ts';
import type { Database } from '../../src/store/database.ts';
import { contextOf, keepDatabase } from '../support/direct-delivery.ts';
import { ALICE, user } from '../support/owner-schema.ts';
import { fileDatabase } from '../support/postgres.ts';
import { type Asked, QueryCounter } from '../support/query-counter.ts';
import { silentLog } from '../support/server.ts';
import { wholeSelection } from '../support/whole-selection.ts';
import { COUNTED, type CountedRow, counted } from './counted-rows.ts';

/** How deep everything is selected: what is nested in what is nested is read as well. */
const DEPTH = 4;

const FEW = 1;
const MANY = 7;

const fields = schema.getQueryType()?.getFields() ?? {};

let database: Database;

beforeAll(async () => {
  database = await fileDatabase();
  keepDatabase(database);
});

interface Found extends Asked {
  /** Nodes in the answer. */
  readonly nodes: number;
}

async function asked(counter: QueryCounter, name: string, count: number): Promise<Found> {
  const { field = name, type: only, args } = COUNTED[name] as CountedRow;
  const type = only === undefined ? getNamedType(fields[field]?.type) : schema.getType(only);
  if (!isCompositeType(type)) throw new Error(`no such field: ${field}`);
  // A connection has its edges, and an edge its node, before the first thing that is asked for.
  const selection = wholeSelection(schema, type, DEPTH + 2);
  const source = `{ ${field}${args ? `(${args(count)})` : ''} ${only === undefined ? selection : `{ ... on ${only} ${selection} }`} }`;
  const contextValue = contextOf(counter.bus, user('alice', [ALICE]));
  const { result, statements, readings } = await counter.during(() => graphql({ schema, source, contextValue }));
  expect(result.errors).toBeUndefined();
  return { statements, readings, nodes: nodesIn(result.data?.[field]) };
}

function nodesIn(value: unknown): number {
  if (Array.isArray(value))
    return value.reduce((sum: number, one: { positions?: unknown[] } | null) => {
      return sum + (one === null ? 0 : (one.positions?.length ?? 1));
    }, 0);
  return ((value as { edges?: unknown[] } | undefined)?.edges ?? []).length;
}

const newBus = (): Bus => createMemoryBus({ clock: systemClock, log: silentLog });

describe('what an answer of many nodes asks of the stores does not grow with their number', () => {
  test.each(Object.entries(COUNTED))('%s', async (name, row) => {
    const bus = newBus();
    const counter = new QueryCounter(bus);
    await row.make({ bus, database }, 0, FEW);
    const few = await asked(counter, name, FEW);
    await row.make({ bus, database }, FEW, MANY);
    const many = await asked(counter, name, MANY);
    expect(many.nodes - few.nodes).toBe(MANY - FEW);
    expect(few.statements + few.readings).toBeGreaterThan(0);
    expect({ statements: many.statements, readings: many.readings }).toEqual({
      statements: few.statements,
      readings: few.readings,
    });
  });

  test('every connection of the schema is looked at', () => {
    const connections = Object.values(fields)
      .filter(({ type }) => getNamedType(type).name.endsWith('Connection'))
      .map(({ name }) => name);
    expect(connections.length).toBeGreaterThan(10);
    expect(connections.filter((name) => !(name in COUNTED))).toEqual([]);
  });
});

test('the counting sees each statement and each reading', async () => {
  const counter = new QueryCounter(newBus());
  const one = await counter.during(() => counted.read(counter.bus, database, 1));
  const three = await counter.during(() => counted.read(counter.bus, database, 3));
  expect(one).toMatchObject({ statements: 1, readings: 1 });
  expect(three).toMatchObject({ statements: 3, readings: 3 });
});
