import type { Database } from './database.ts';

/** A document that an operator has registered, by the SHA-256 of its text in hexadecimal. */
export interface TrustedDocument {
  readonly hash: string;
  readonly document: string;
}

/** Rows written in one statement: a front end has some hundreds of documents. */
const BATCH = 500;

/** The documents that may run where only registered ones do. */
export class TrustedDocuments {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws ApiError `UNAVAILABLE` while the database is away. */
  async find(hash: string): Promise<string | null> {
    const row = await this.#database.run((client) => client.trustedDocument.findUnique({ where: { hash } }));
    return row?.document ?? null;
  }

  /** Registers documents; those that are registered already stay as they are. Returns how many are new. */
  async add(documents: readonly TrustedDocument[]): Promise<number> {
    let added = 0;
    for (let from = 0; from < documents.length; from += BATCH) {
      const data = documents.slice(from, from + BATCH).map(({ hash, document }) => ({ hash, document }));
      const { count } = await this.#database.run((client) =>
        client.trustedDocument.createMany({ data, skipDuplicates: true }),
      );
      added += count;
    }
    return added;
  }

  async all(): Promise<readonly (TrustedDocument & { readonly registeredAt: number })[]> {
    const rows = await this.#database.run((client) =>
      client.trustedDocument.findMany({ orderBy: [{ registeredAt: 'asc' }, { hash: 'asc' }] }),
    );
    return rows.map(({ hash, document, registeredAt }) => ({ hash, document, registeredAt: registeredAt.getTime() }));
  }

  /** Returns how many there were. */
  async remove(hash: string): Promise<number> {
    const { count } = await this.#database.run((client) => client.trustedDocument.deleteMany({ where: { hash } }));
    return count;
  }
}
