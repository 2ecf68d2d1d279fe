import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Fenced } from '../../src/bus/lease.ts';
import { ALL_OWNERS } from '../../src/model/owner-share.ts';
import { Database } from '../../src/store/database.ts';
import { Trading } from '../../src/store/trading.ts';
import { freshDatabase, migratedDatabaseUrl } from '../support/postgres.ts';
import { eventually, silentLog } from '../support/server.ts';
import { order } from '../support/trading.ts';

const OWNER = '0x00000000000000000000000000000000000000A1';

const add = (database: Database, chainId: number) =>
  database.run((client) => client.chainProgress.create({ data: { chainId, finishedAt: new Date(0), blocks: [] } }));

describe('what the holder of a lease writes', () => {
  test('is refused, and nothing of it stays, once a later holder has announced itself', async () => {
    const database = await freshDatabase();
    const early = database.fenced({ name: 'one', token: 5 });
    const late = database.fenced({ name: 'one', token: 6 });
    await add(early, 1);
    await late.announce();
    await expect(add(early, 2)).rejects.toBeInstanceOf(Fenced);
    await expect(early.announce()).rejects.toBeInstanceOf(Fenced);
    await add(late, 3);
    await add(database.fenced({ name: 'two', token: 1 }), 4);
    const rows = await database.run((client) => client.chainProgress.findMany({ orderBy: { chainId: 'asc' } }));
    expect(rows.map(({ chainId }) => chainId)).toEqual([1, 3, 4]);
  });

  test('is whole before a later holder can announce itself, or is not there', async () => {
    const database = await freshDatabase();
    const early = database.fenced({ name: 'one', token: 5 });
    await early.announce();
    const order: string[] = [];
    const begun = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const writing = early
      .run(async (client) => {
        begun.resolve();
        await goOn.promise;
        await client.chainProgress.create({ data: { chainId: 1, finishedAt: new Date(0), blocks: [] } });
      })
      .then(() => order.push('written'));
    await begun.promise;
    const announced = database.fenced({ name: 'one', token: 6 }).announce();
    const told = announced.then(() => order.push('announced'));
    goOn.resolve();
    await Promise.all([writing, told]);
    expect(order).toEqual(['written', 'announced']);
  });

  test('may be many statements at once, also at its first writing and with transactions of its own', async () => {
    const database = await freshDatabase();
    const fenced = database.fenced({ name: 'one', token: 5 });
    await Promise.all(Array.from({ length: 8 }, (_, n) => add(fenced, n)));
    const all = fenced.run((client) =>
      client.$transaction([
        client.chainProgress.create({ data: { chainId: 100, finishedAt: new Date(0), blocks: [] } }),
        client.chainProgress.count(),
      ]),
    );
    expect((await all)[1]).toBe(9);
    const failing = fenced.run((client) =>
      client.$transaction(async (inner) => {
        await inner.chainProgress.create({ data: { chainId: 200, finishedAt: new Date(0), blocks: [] } });
        throw new Error('no');
      }),
    );
    await expect(failing).rejects.toThrow('no');
    expect(await database.run((client) => client.chainProgress.count())).toBe(9);
  });
});

describe('a statement that has the proof of the lease in it', () => {
  const outcome = (...ids: readonly string[]): Parameters<Trading['commit']>[0] => ({
    orders: ids.map((id) => order(id, OWNER)),
    executions: [],
    accounts: [],
    events: ids.map((id) => ({ topic: 'orderUpdates', body: id })),
    done: [],
    published: [],
    now: 0,
  });

  /** A statement of somebody else's that has begun and is not committed. */
  async function begun(url: string, text: string): Promise<() => Promise<void>> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('BEGIN');
    await client.query(text);
    return async () => {
      await client.query('COMMIT');
      await client.end();
    };
  }

  const waitsForALock = (url: string, count: number) =>
    eventually('a statement waits for a lock', async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      await client.end();
      return rows.length >= count;
    });

  async function opened(): Promise<{ readonly url: string; readonly database: Database }> {
    const url = await migratedDatabaseUrl();
    const database = new Database(url, silentLog);
    onTestFinished(() => database.close());
    return { url, database };
  }

  const kept = async (database: Database) => ({
    orders: await database.run((client) => client.storedOrder.count()),
    told: (await new Trading(database).unpublished(ALL_OWNERS)).map(({ body }) => body),
  });

  test('announces its holder by itself, and is refused whole once there is a later one', async () => {
    const { database } = await opened();
    const early = new Trading(database.fenced({ name: 'one', token: 5 }));
    await Promise.all(['a', 'b', 'c'].map((id) => early.commit(outcome(id))));
    const late = new Trading(database.fenced({ name: 'one', token: 6 }));
    expect(await late.commit(outcome('d', 'e'))).toHaveLength(2);
    await expect(early.commit(outcome('f', 'g'))).rejects.toBeInstanceOf(Fenced);
    const { orders, told } = await kept(database);
    expect([orders, told.toSorted()]).toEqual([5, ['a', 'b', 'c', 'd', 'e']]);
  });

  test('is refused when a later holder was just announcing itself', async () => {
    const { url, database } = await opened();
    const fenced = database.fenced({ name: 'one', token: 5 });
    await fenced.announce();
    const commit = await begun(url, `UPDATE "LeaseFence" SET token = 6 WHERE name = 'one'`);
    const written = expect(new Trading(fenced).commit(outcome('a'))).rejects.toBeInstanceOf(Fenced);
    await waitsForALock(url, 1);
    await commit();
    await written;
    expect(await kept(database)).toEqual({ orders: 0, told: [] });
  });

  test('is whole before a later holder can announce itself', async () => {
    const { url, database } = await opened();
    const early = database.fenced({ name: 'one', token: 5 });
    await new Trading(early).commit(outcome('a'));
    // Holds it up in its middle.
    const commit = await begun(url, `SELECT FROM "StoredOrder" WHERE id = 'a' FOR UPDATE`);
    const ended: string[] = [];
    const { orders, ...rest } = outcome('a', 'b');
    const newer = { ...rest, orders: orders.map((one) => ({ ...one, version: 2 })) };
    const written = new Trading(early).commit(newer).then(() => ended.push('written'));
    await waitsForALock(url, 1);
    const announced = database
      .fenced({ name: 'one', token: 6 })
      .announce()
      .then(() => ended.push('announced'));
    await waitsForALock(url, 2);
    await commit();
    await Promise.all([written, announced]);
    expect(ended).toEqual(['written', 'announced']);
    expect(await kept(database)).toEqual({ orders: 2, told: ['a', 'a', 'b'] });
  });
});
