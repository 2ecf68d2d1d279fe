import pg from 'pg';
import type { Cancel, Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';

/** Any number, the same in every process: whoever keeps what is live in its own memory holds it, on the database it works on. */
const SOLE_USE_LOCK = 7_461_003;

/** After the connection that holds the lock was lost, it is taken again this often until it stands, milliseconds. */
const RETAKE_MS = 1_000;

export interface SoleUseOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Another process took the database while this one could not reach it: nothing may be written here any more. */
  readonly taken: () => void;
}

/**
 * A database that one process has for itself, as long as it lives: two with a bus each in their own memory would both do all the work
 * of the same rows, and neither would hear of the other. The lock is the session's, so one that is killed leaves none behind.
 */
export class SoleUse {
  readonly #options: SoleUseOptions;
  #client: pg.Client | null = null;
  #cancel: Cancel | null = null;
  #released = false;

  private constructor(options: SoleUseOptions) {
    this.#options = options;
  }

  /** Null where another process has it. @throws Error when the server cannot be reached. */
  static async take(options: SoleUseOptions): Promise<SoleUse | null> {
    const use = new SoleUse(options);
    return (await use.#take()) ? use : null;
  }

  async release(): Promise<void> {
    this.#released = true;
    this.#cancel?.();
    await this.#client?.end().catch(() => undefined);
  }

  async #take(): Promise<boolean> {
    const client = await connected(this.#options.url);
    // One that the server ended, or that was cut: said by `end` as well, and without a listener it would end the process.
    client.on('error', () => undefined);
    if (!(await locked(client, 'pg_try_advisory_lock'))) {
      await client.end();
      return false;
    }
    this.#client = client;
    client.once('end', () => {
      if (!this.#released) this.#retakeSoon();
    });
    return true;
  }

  #retakeSoon(): void {
    const { clock, log, taken } = this.#options;
    this.#cancel = clock.after(RETAKE_MS, () => {
      this.#take().then(
        (ours) => {
          if (this.#released) return this.release();
          if (!ours) taken();
          return undefined;
        },
        (error: unknown) => {
          log.debug({ reason: messageOf(error) }, 'the database cannot be held now');
          if (!this.#released) this.#retakeSoon();
        },
      );
    });
  }
}

/** Whether a process has this database for itself now. @throws Error when the server cannot be reached. */
export async function isInSoleUse(url: string): Promise<boolean> {
  const client = await connected(url);
  try {
    // Shared with others that ask, and gone with the session.
    return !(await locked(client, 'pg_try_advisory_lock_shared'));
  } finally {
    await client.end();
  }
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'tidewire-sole-use', keepAlive: true });
  await client.connect();
  return client;
}

async function locked(client: pg.Client, how: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(`SELECT ${how}($1) AS locked`, [SOLE_USE_LOCK]);
  return rows[0]?.locked === true;
}
