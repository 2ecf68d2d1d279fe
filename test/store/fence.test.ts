import { describe, expect, test } from 'vitest';
import { Fenced } from '../../src/bus/lease.ts';
import type { Database } from '../../src/store/database.ts';
import { freshDatabase } from '../support/postgres.ts';

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
