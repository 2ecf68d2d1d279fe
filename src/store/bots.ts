import type { Bot } from '../model/bot.ts';
import type { Address } from '../model/identity.ts';
import type { OwnerShare } from '../model/owner-share.ts';
import type { Database } from './database.ts';
import { Prisma } from './generated/client.ts';
import { ofShare } from './owner-share.ts';

/** Bots as they stand, in PostgreSQL. Every method throws ApiError `UNAVAILABLE` when it does not answer. */
export class Bots {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Writes bots as they stand; one that is there in a higher version stays. */
  async put(bots: readonly Bot[]): Promise<void> {
    if (bots.length === 0) return;
    const rows = bots.map(
      (one) => Prisma.sql`(${one.id}, ${one.owner}, ${one.version}, ${JSON.stringify(one)}::jsonb)`,
    );
    await this.#database.run(
      (client) => client.$executeRaw`
        INSERT INTO "StoredBot" (id, owner, version, body) VALUES ${Prisma.join(rows)}
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, body = excluded.body
        WHERE "StoredBot".version < excluded.version`,
    );
  }

  async find(id: string): Promise<Bot | null> {
    const row = await this.#database.run((client) =>
      client.storedBot.findUnique({ where: { id }, select: { body: true } }),
    );
    return row && botIn(row.body);
  }

  /** All of these owners, the oldest first. */
  async list(owners: readonly Address[]): Promise<readonly Bot[]> {
    const where = { owner: { in: [...owners] } };
    const rows = await this.#database.run((client) =>
      client.storedBot.findMany({ where, orderBy: { id: 'asc' }, select: { body: true } }),
    );
    return rows.map(({ body }) => botIn(body));
  }

  /** All of a share of the owners, the oldest first. */
  async ofShare(share: OwnerShare): Promise<readonly Bot[]> {
    const rows = await this.#database.run(
      (client) =>
        client.$queryRaw<{ body: unknown }[]>`SELECT body FROM "StoredBot" WHERE ${ofShare(share)} ORDER BY id`,
    );
    return rows.map(({ body }) => botIn(body));
  }
}

/** Written by us alone; those of before they knew the rules of their symbols traded in these. */
function botIn(body: unknown): Bot {
  return { tick: '0.01', lot: '0.00001', ...(body as object) } as Bot;
}
