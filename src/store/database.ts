import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { type Fence, Fenced } from '../bus/lease.ts';
import { ApiError, messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { isTracing } from '../lib/tracing.ts';
import { isAway } from './away.ts';
import { Prisma, PrismaClient } from './generated/client.ts';
import { type Query, raising, type WriteStatement } from './statement.ts';
import { tracedAdapter, tracedStatement } from './traced-adapter.ts';

/**
 * Connections of one process. What goes to PostgreSQL here is seldom and short; many processes share one server, whose
 * own default is a hundred.
 */
const MAX_CONNECTIONS = 10;

/**
 * How long a connection is kept that nobody uses, milliseconds. A new one is a process of the server, a proof of the password and every
 * statement prepared anew: some 20 ms, for those who come in a moment when all are taken.
 */
const IDLE_MS = 300_000;

/** How long a caller waits for a connection before it is told that the database is away, milliseconds. */
const CONNECT_TIMEOUT_MS = 3_000;

/** No statement of ours takes longer unless something holds a lock, milliseconds. */
const STATEMENT_TIMEOUT_MS = 10_000;

/** Longest life of a transaction, milliseconds: the server ends its statements before. */
const TRANSACTION_MS = 2 * STATEMENT_TIMEOUT_MS;

/**
 * A process that stands still in the middle of a transaction holds what it locked, the fence of its lease among it; after
 * this the server ends its session, milliseconds. Ours ask nothing of anybody else in between.
 */
const IDLE_IN_TRANSACTION_MS = 3_000;

/** SQLSTATE of a row that exists already, as Prisma names it. */
const UNIQUE_VIOLATION = 'P2002';

/** Both ways to the server, over the same connections. */
export interface Connections {
  readonly client: PrismaClient;
  readonly pool: pg.Pool;
}

/** The PostgreSQL of this process: what must last is read and written through it. */
export class Database {
  readonly #connections: Connections;
  readonly #client: PrismaClient;
  readonly #log: Log;
  readonly #fence: Fence | null;

  constructor(url: string | Connections, log: Log, fence: Fence | null = null) {
    this.#connections = typeof url === 'string' ? connect(url, log) : url;
    this.#client = this.#connections.client;
    this.#log = log;
    this.#fence = fence;
  }

  /**
   * The same database for the holder of a lease: what runs, runs in one transaction with the proof that nobody has held the
   * lease since. Once another has written under it, or announced itself, it fails with `Fenced` and changes nothing.
   * It is closed with this one.
   */
  fenced(fence: Fence): Database {
    return new Database(this.#connections, this.#log, fence);
  }

  /** From now on every earlier holder of the lease of this database is refused. @throws Fenced for one that is late itself. */
  async announce(): Promise<void> {
    await this.run(async () => undefined);
  }

  /**
   * @throws ApiError `UNAVAILABLE` when the database cannot be reached or does not answer; every other error as it is.
   */
  async run<T>(work: (client: PrismaClient) => Promise<T>): Promise<T> {
    const fence = this.#fence;
    return this.#answered(() => (fence ? this.#runFenced(fence, work) : work(this.#client)));
  }

  /**
   * What changes nothing and is asked hundreds of times a second: without the proof, and with nothing between us and the server.
   * @throws ApiError as `run` does.
   */
  async select<R extends pg.QueryResultRow>(query: Query): Promise<readonly R[]> {
    return this.#answered(() => this.#query<R>(query));
  }

  /**
   * What `run` promises, in one way to the server and back.
   * @returns the one row that the statement answers with.
   * @throws ApiError as `run` does; Fenced.
   */
  async write<R extends pg.QueryResultRow>(statement: WriteStatement, values: readonly unknown[]): Promise<R> {
    const fence = this.#fence;
    const query = statement.query(values, fence);
    return this.#answered(async () => {
      const [row] = await this.#query<R>(query);
      if (row) return row;
      // Nobody has announced this holder yet, or it is late.
      if (fence && (await this.#query(raising(fence))).length > 0) {
        const [again] = await this.#query<R>(query);
        if (again) return again;
      }
      throw new Fenced(fence?.name ?? '');
    });
  }

  async #answered<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isAway(error)) throw error;
      this.#log.warn({ reason: messageOf(error) }, 'the database does not answer');
      throw new ApiError('UNAVAILABLE', 'The database does not answer. What is live goes on; try again shortly.', {
        retryAfterMs: 1_000,
      });
    }
  }

  async close(): Promise<void> {
    if (this.#fence) return;
    await this.#client.$disconnect();
    const { pool } = this.#connections;
    if (!pool.ending) await pool.end();
  }

  async #query<R extends pg.QueryResultRow>({ name, text, values }: Query): Promise<readonly R[]> {
    const send = () => this.#connections.pool.query<R>({ name, text, values: [...values] });
    return (await (isTracing() ? tracedStatement(text, send) : send())).rows;
  }

  #runFenced<T>(fence: Fence, work: (client: PrismaClient) => Promise<T>): Promise<T> {
    // Not the patience of a caller who waits for an answer: who gives up here reads all of it again, on a machine that is too busy already.
    const options = { maxWait: STATEMENT_TIMEOUT_MS, timeout: TRANSACTION_MS };
    return this.#client.$transaction(async (transaction) => {
      await mustHold(transaction, fence);
      return work(joining(transaction));
    }, options);
  }
}

function connect(url: string, log: Log): Connections {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + CONNECT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    application_name: 'tidewire',
  });
  // Of a connection that nobody uses: the pool makes another. Without a listener it would end the process.
  pool.on('error', (error) => log.debug({ reason: messageOf(error) }, 'a connection to the database was lost'));
  const adapter = new PrismaPg(pool);
  return { client: new PrismaClient({ adapter: isTracing() ? tracedAdapter(adapter) : adapter }), pool };
}

/**
 * Shares the lock of the fence until the transaction ends: a later holder raises it only after that, so nothing of an
 * earlier one is committed behind its back.
 * @throws Fenced
 */
async function mustHold(transaction: Prisma.TransactionClient, { name, token }: Fence): Promise<void> {
  const shown = BigInt(token);
  // A row of another token is not locked: two transactions that then raise it would wait for each other.
  const locked = await transaction.$executeRaw`
    SELECT 1 FROM "LeaseFence" WHERE name = ${name} AND token = ${shown} FOR SHARE`;
  if (locked > 0) return;
  const raised = await transaction.$executeRaw`
    INSERT INTO "LeaseFence" (name, token) VALUES (${name}, ${shown})
    ON CONFLICT (name) DO UPDATE SET token = excluded.token WHERE "LeaseFence".token <= excluded.token`;
  if (raised === 0) throw new Fenced(name);
}

/** A transaction as the client that stores ask: what they would run as a transaction of their own is part of this one. */
function joining(transaction: Prisma.TransactionClient): PrismaClient {
  const nested = async (work: unknown): Promise<unknown> => {
    if (typeof work === 'function') return (work as (client: PrismaClient) => Promise<unknown>)(client);
    const answers: unknown[] = [];
    for (const query of work as readonly PromiseLike<unknown>[]) answers.push(await query);
    return answers;
  };
  const client = new Proxy(transaction as PrismaClient, {
    get: (target, name) => (name === '$transaction' ? nested : (Reflect.get(target, name) as unknown)),
  });
  return client;
}

/** Whether a row could not be made because one like it exists. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === UNIQUE_VIOLATION;
}
