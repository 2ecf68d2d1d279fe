import { PrismaPg } from '@prisma/adapter-pg';
import { ApiError, messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { Prisma, PrismaClient } from './generated/client.ts';

/**
 * Connections of one process. What goes to PostgreSQL here is seldom and short; many processes share one server, whose
 * own default is a hundred.
 */
const MAX_CONNECTIONS = 10;

/** How long a caller waits for a connection before it is told that the database is away, milliseconds. */
const CONNECT_TIMEOUT_MS = 3_000;

/** No statement of ours takes longer unless something holds a lock, milliseconds. */
const STATEMENT_TIMEOUT_MS = 10_000;

/** SQLSTATE of a row that exists already, as Prisma names it. */
const UNIQUE_VIOLATION = 'P2002';

/** Codes of Prisma's own for a server that cannot be reached, has no connection left or did not answer in time. */
const AWAY = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2037']);

/** The same in the words of `pg`, whose errors Prisma hands on without a code: no connection free in time, no answer in time. */
const AWAY_IN_WORDS =
  /timeout exceeded when trying to connect|Query read timeout|Connection terminated|canceling statement due to statement timeout/;

/** The PostgreSQL of this process: what must last is read and written through it. */
export class Database {
  readonly #client: PrismaClient;
  readonly #log: Log;

  constructor(url: string, log: Log) {
    this.#log = log;
    const adapter = new PrismaPg({
      connectionString: url,
      max: MAX_CONNECTIONS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: STATEMENT_TIMEOUT_MS + CONNECT_TIMEOUT_MS,
      application_name: 'tidewire',
    });
    this.#client = new PrismaClient({ adapter });
  }

  /**
   * @throws ApiError `UNAVAILABLE` when the database cannot be reached or does not answer; every other error as it is.
   */
  async run<T>(work: (client: PrismaClient) => Promise<T>): Promise<T> {
    try {
      return await work(this.#client);
    } catch (error) {
      if (!isAway(error)) throw error;
      this.#log.warn({ reason: messageOf(error) }, 'the database does not answer');
      throw new ApiError('UNAVAILABLE', 'The database does not answer. What is live goes on; try again shortly.', {
        retryAfterMs: 1_000,
      });
    }
  }

  close(): Promise<void> {
    return this.#client.$disconnect();
  }
}

/** Whether a row could not be made because one like it exists. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === UNIQUE_VIOLATION;
}

function isAway(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  if (error instanceof Prisma.PrismaClientKnownRequestError && AWAY.has(error.code)) return true;
  return AWAY_IN_WORDS.test(messageOf(error));
}
