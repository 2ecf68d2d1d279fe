import { expect, onTestFinished, test } from 'vitest';
import { Database } from '../../src/store/database.ts';
import { migratedDatabaseUrl } from '../support/postgres.ts';
import { silentLog } from '../support/server.ts';

test('a database whose connections are all taken for long does not answer, which is no fault of ours', async () => {
  const database = new Database(await migratedDatabaseUrl(), silentLog);
  onTestFinished(() => database.close());
  // As many as a process has, for longer than anybody waits.
  const taken = Array.from({ length: 10 }, () => database.run((client) => client.$executeRaw`SELECT pg_sleep(5)`));
  const late = database.run((client) => client.$executeRaw`SELECT 1`);
  await expect(late).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await Promise.all(taken);
});

test('a server that cannot be reached is away for statements of our own as for those of Prisma', async () => {
  // Nothing listens on the first of all ports.
  const database = new Database('postgresql://nobody@127.0.0.1:1/nothing', silentLog);
  onTestFinished(() => database.close());
  const away = { code: 'UNAVAILABLE' };
  await expect(database.run((client) => client.$queryRaw`SELECT 1`)).rejects.toMatchObject(away);
  await expect(database.run((client) => client.user.count())).rejects.toMatchObject(away);
});
