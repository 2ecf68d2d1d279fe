import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createRedisBus } from '../../src/bus/redis-bus.ts';
import { type EventTopic, type StateTopic, topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { Database } from '../../src/store/database.ts';
import { eraseOwner } from '../../src/store/erasure.ts';
import { migratedDatabaseUrl } from '../support/postgres.ts';
import { inState } from '../support/redis-state.ts';
import { order } from '../support/trading.ts';

const OWNER = '0x52908400098527886E0F7030069857D2E4169EE7';
const OTHER = '0xde709f2102306220921060314715629080e2fb77';

/** Tables in which nothing is any owner's. Of a new one it has to be said here, or it has to be erased. */
const NOBODYS = [
  ...['ChainProgress', 'ChainToken', 'LeaseFence', 'MarketStatsPoint', 'PricePoint', 'RevokedToken', 'SignInNonce'],
  ...['StoredCandle', 'StoredOpportunity', 'StoredTransaction', 'TrustedDocument', '_prisma_migrations'],
];

interface Column {
  readonly table_name: string;
  readonly column_name: string;
  readonly data_type: string;
  readonly column_default: string | null;
  readonly character_maximum_length: number | null;
}

/** A row in which every text names the owner, so that whatever a column is used for, it is found if it stays. */
async function fill(client: pg.Client, columns: readonly Column[], owner: string): Promise<void> {
  const wanted = columns.filter((column) => column.column_default === null);
  const value = ({ column_name: name, data_type: type, character_maximum_length: length }: Column): unknown => {
    if (name === 'stream') return `alerts/${owner.toLowerCase()}`;
    if (type === 'jsonb') return JSON.stringify({ owner });
    if (type === 'uuid') return randomUUID();
    if (type === 'ARRAY') return [];
    if (type === 'bytea') return Buffer.from(owner);
    if (type.startsWith('timestamp')) return new Date(0);
    if (type === 'text' || type.startsWith('character')) return owner.slice(0, length ?? owner.length);
    return 1;
  };
  const names = wanted.map((column) => `"${column.column_name}"`).join(', ');
  const places = wanted.map((_, at) => `$${at + 1}`).join(', ');
  await client.query(`INSERT INTO "${columns[0]?.table_name}" (${names}) VALUES (${places})`, wanted.map(value));
}

async function tablesNaming(client: pg.Client, owner: string, tables: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const table of tables) {
    const { rowCount } = await client.query(`SELECT 1 FROM "${table}" AS one WHERE one::text ILIKE $1 LIMIT 1`, [
      `%${owner}%`,
    ]);
    if (rowCount !== 0) found.push(table);
  }
  return found;
}

test('of an owner that is erased no table keeps anything, and of another all is kept', async () => {
  const url = await migratedDatabaseUrl();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const database = new Database(url, createLog('silent'));
  onTestFinished(async () => {
    await client.end();
    await database.close();
  });
  const { rows } = await client.query<Column>(
    `SELECT table_name, column_name, data_type, column_default, character_maximum_length
     FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position`,
  );
  const all = Map.groupBy(rows, ({ table_name: name }) => name);
  for (const name of NOBODYS) expect([name, all.delete(name)]).toEqual([name, true]);
  const tables = [...all.keys()];
  // Users first: others refer to them.
  const inOrder = [all.get('User') ?? [], ...tables.flatMap((name) => (name === 'User' ? [] : [all.get(name) ?? []]))];
  for (const owner of [OWNER, OTHER]) for (const columns of inOrder) await fill(client, columns, owner);
  expect(await tablesNaming(client, OWNER, tables)).toEqual(tables);

  await eraseOwner(database, OWNER.toLowerCase());
  expect(await tablesNaming(client, OWNER, tables)).toEqual([]);
  expect(await tablesNaming(client, OTHER, tables)).toEqual(tables);
});

test('nor does Redis', async () => {
  const prefix = `test-${randomUUID()}`;
  const bus = createRedisBus({ url: inject('redisUrl'), prefix, clock: systemClock, log: createLog('silent') });
  const redis = new Redis(inject('redisUrl'));
  onTestFinished(async () => {
    await bus.close();
    redis.disconnect();
  });
  await inState(bus, 'ready');
  const owned = Object.values(topics).filter((topic) => topic.reach === 'shared' && 'ownerOf' in topic);
  for (const owner of [OWNER, OTHER])
    for (const topic of owned) {
      // As much of a value as its topic looks at.
      const value = {
        owner,
        id: 'x',
        version: 1,
        symbol: 'S',
        positionId: 'p',
        order: { symbol: 'S' },
        position: { owner, id: 'p' },
      };
      if (topic.kind === 'event') await bus.publishEvent(topic as EventTopic<never>, value as never);
      else await bus.publishState(topic as StateTopic<unknown, unknown>, value);
    }
  /** Keys and fields that name an owner, but for the answers that repeats are known by: they are numbers, and go within the hour. */
  const naming = async (owner: string) => {
    const found: string[] = [];
    for (const key of await redis.keys(`${prefix}:*`)) {
      if (/:(from:[^:]+|fences)$/.test(key)) continue;
      const fields = (await redis.type(key)) === 'hash' ? await redis.hkeys(key) : [];
      if ([key, ...fields].some((name) => name.includes(owner.toLowerCase()))) found.push(key);
    }
    // Redis names its keys in no order.
    return found.sort();
  };
  // What a worker is told of an order that was placed.
  await bus.publishEvent(topics.nudges, {
    id: 'n',
    about: 'trading',
    placed: { commandId: 'c', order: order('o', OWNER) },
  });
  const nudges = async () => JSON.stringify(await redis.xrange(`${prefix}:{nudges}:stream`, '-', '+'));
  expect(await nudges()).toContain(OWNER);
  const before = await naming(OTHER);
  expect((await naming(OWNER)).length).toBe(before.length);
  expect(before.length).toBeGreaterThanOrEqual(owned.length);
  await bus.eraseOwner(OWNER);
  expect(await naming(OWNER)).toEqual([]);
  expect(await nudges()).not.toContain(OWNER);
  expect(await naming(OTHER)).toEqual(before);
});
