import type { Fence } from '../bus/lease.ts';

/** As `pg` takes it: prepared once a connection by its name, after which PostgreSQL neither parses nor plans it again. */
export interface Query {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Shares the lock of the fence until the statement is committed: a later holder raises it only after that. */
const HELD = (values: number) =>
  `SELECT FROM "LeaseFence" WHERE name = $${values + 1} AND token = $${values + 2} FOR SHARE`;

/**
 * A write that is a transaction by itself, in one way to the server and back, with the proof of the lease in it.
 *
 * Its text goes on after `WITH fence AS (...),`, and keeps two rules: every part that writes says `WHERE EXISTS (SELECT FROM fence)`,
 * and what it answers with is one row `FROM fence`. So of a holder that is late nothing is written, and no row comes.
 */
export class WriteStatement {
  readonly #name: string;
  readonly #free: string;
  readonly #fenced: string;

  /** @param values how many values it takes. */
  constructor(name: string, values: number, text: string) {
    this.#name = name;
    this.#free = `WITH fence AS MATERIALIZED (SELECT), ${text}`;
    this.#fenced = `WITH fence AS MATERIALIZED (${HELD(values)}), ${text}`;
  }

  /** @param fence null where there is no lease: everybody may write. */
  query(values: readonly unknown[], fence: Fence | null): Query {
    if (!fence) return { name: this.#name, text: this.#free, values };
    return { name: `${this.#name} fenced`, text: this.#fenced, values: [...values, fence.name, fence.token] };
  }
}

/** From then on every earlier holder is refused; no row for one that is late itself. */
export function raising({ name, token }: Fence): Query {
  return {
    name: 'raise fence',
    text: `INSERT INTO "LeaseFence" (name, token) VALUES ($1, $2)
      ON CONFLICT (name) DO UPDATE SET token = excluded.token WHERE "LeaseFence".token <= excluded.token
      RETURNING name`,
    values: [name, token],
  };
}
