import { currentTraceparent } from '../lib/tracing.ts';
import type { Address } from '../model/identity.ts';
import { ABOUTS, type Nudge } from '../model/nudge.ts';
import type { OwnerShare } from '../model/owner-share.ts';
import { type Database, isDuplicate } from './database.ts';
import { Prisma } from './generated/client.ts';
import { ofShare } from './owner-share.ts';
import { prune } from './prune.ts';

/** What a caller wants done. */
export interface NewCommand {
  readonly about: Nudge['about'];
  readonly owner: Address;
  /** The same one again, of the same owner, is the same command. */
  readonly idempotencyKey: string | null;
  /** JSON, trusted to be of the kind that its worker knows: only the api writes here. */
  readonly body: unknown;
}

export interface WaitingCommand {
  readonly id: string;
  readonly owner: Address;
  readonly body: unknown;
  /** Milliseconds. */
  readonly createdAt: number;
  /** W3C `traceparent` of what has asked for it; null where that was not traced. */
  readonly trace: string | null;
}

/** Commands on their way to a worker. Every method throws ApiError `UNAVAILABLE` when the database does not answer. */
export class Commands {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @returns the body of the command that counts: this one, or what the same key asked for before. */
  async put({ about, owner, idempotencyKey, body }: NewCommand): Promise<unknown> {
    try {
      const data = { about, owner, idempotencyKey, body: body as object, trace: currentTraceparent() };
      await this.#database.run((client) => client.command.create({ data, select: { id: true } }));
      return body;
    } catch (error) {
      if (!isDuplicate(error) || idempotencyKey === null) throw error;
      const where = { owner_about_idempotencyKey: { owner, about, idempotencyKey } };
      const before = await this.#database.run((client) => client.command.findUniqueOrThrow({ where }));
      return before.body;
    }
  }

  /** Those of a share of the owners that wait, the oldest first: what another share leaves waiting holds up nobody here. */
  async waiting(about: Nudge['about'], limit: number, share: OwnerShare): Promise<readonly WaitingCommand[]> {
    const rows = await this.#database.run(
      (client) => client.$queryRaw<
        { id: string; owner: string; body: unknown; createdAt: Date; trace: string | null }[]
      >`
        SELECT id::text, owner, body, "createdAt", trace FROM "Command"
        WHERE about = ${about} AND "doneAt" IS NULL AND ${ofShare(share)} ORDER BY id LIMIT ${limit}`,
    );
    return rows.map(({ id, owner, body, createdAt, trace }) => ({
      id,
      owner,
      body,
      createdAt: createdAt.getTime(),
      trace,
    }));
  }

  /** Deletes those that were done before, milliseconds: their keys may then be used again. */
  async prune(before: number): Promise<void> {
    for (const about of ABOUTS) await prune(this.#database, 'Command', before, Prisma.sql`about = ${about}`);
  }

  /** Marks commands as done. @param failures why one could not be, by its id. */
  async done(ids: readonly string[], failures: ReadonlyMap<string, string>, now: number): Promise<void> {
    const doneAt = new Date(now);
    const good = ids.filter((id) => !failures.has(id));
    await this.#database.run(async (client) => {
      if (good.length > 0) await client.command.updateMany({ where: { id: { in: good } }, data: { doneAt } });
      for (const [id, failure] of failures) await client.command.update({ where: { id }, data: { doneAt, failure } });
    });
  }
}
