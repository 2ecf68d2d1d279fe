import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { ConfigError } from '../config.ts';
import { installBinaries } from './binaries.ts';
import { type Place, placeFor } from './place.ts';

/** A PostgreSQL of this process alone. */
export interface EmbeddedPostgres {
  readonly url: string;
  /** Ends it in order: what was committed is there at the next start. */
  stop(): Promise<void>;
}

const DATABASE = 'tidewire';
const USER = 'tidewire';

/** Any number: who holds this lock in the database owns the server. It goes with the connection, even by kill -9. */
const OWNER_LOCK = 7_461_001;

/** A process that was killed a moment ago may still hold the lock, until PostgreSQL has noticed, milliseconds. */
const OWNER_WAIT_MS = 2_000;

/** SQLSTATE of a lock that did not come in time. */
const LOCK_NOT_AVAILABLE = '55P03';

/** A first start makes its cluster in about a second; a recovery after kill -9 replays a log of some megabytes. */
const START_SECONDS = 60;

/** Somebody else may take a port between our finding it free and PostgreSQL's listening on it. */
const PORT_TRIES = 3;

const run = promisify(execFile);

/**
 * Starts the PostgreSQL that the npm packages carry, with its data below `dataDir`, or takes over the one that a killed
 * process left running there.
 * @throws ConfigError when another process uses the same data folder.
 */
export async function startEmbeddedPostgres(dataDir: string, log: Log): Promise<EmbeddedPostgres> {
  const place = await placeFor(dataDir, process.getuid?.() ?? -1);
  const server = new Server(place, await installBinaries(place));
  await server.initialise();
  const port = await server.start();
  const owner = await own(server.url(port, 'postgres'), dataDir);
  await createDatabase(owner);
  log.info({ folder: place.folder, port }, 'embedded PostgreSQL is up');
  return {
    url: server.url(port, DATABASE),
    stop: async () => {
      await owner.end().catch((error: unknown) => log.debug({ reason: messageOf(error) }, 'owner connection'));
      await server.stop();
    },
  };
}

/** The programs of one installation on one cluster of data. */
class Server {
  readonly #place: Place;
  readonly #bin: string;
  readonly #data: string;
  readonly #passwordFile: string;
  #password = '';

  constructor(place: Place, installed: string) {
    this.#place = place;
    this.#bin = join(installed, 'bin');
    this.#data = join(place.folder, 'data');
    this.#passwordFile = join(place.folder, 'password');
  }

  url(port: number, database: string): string {
    return `postgresql://${USER}:${this.#password}@127.0.0.1:${port}/${database}`;
  }

  /** Makes the cluster at the first start. One that was interrupted is made anew: it never held anything. */
  async initialise(): Promise<void> {
    if (await exists(join(this.#place.folder, 'ready'))) {
      this.#password = await readFile(this.#passwordFile, 'utf8');
      return;
    }
    await rm(this.#data, { recursive: true, force: true });
    this.#password = randomBytes(24).toString('hex');
    await this.#write(this.#passwordFile, this.#password);
    const options = ['--encoding=UTF8', '--locale=C', '--auth=scram-sha-256'];
    await this.#run('initdb', ['-D', this.#data, '-U', USER, `--pwfile=${this.#passwordFile}`, ...options]);
    await this.#write(join(this.#place.folder, 'ready'), '');
  }

  /** The port on which it listens, started by this call or left running. */
  async start(): Promise<number> {
    for (let left = PORT_TRIES; ; left--) {
      const running = await this.#running();
      if (running !== null) return running;
      const port = await freePort();
      const options = `-c listen_addresses=127.0.0.1 -c port=${port} -c unix_socket_directories=`;
      const log = join(this.#place.folder, 'log');
      try {
        await this.#run('pg_ctl', ['start', '-w', `-t${START_SECONDS}`, '-D', this.#data, '-l', log, '-o', options]);
      } catch (error) {
        // Another start of the same folder may have been quicker: then that one runs.
        if (left === 0) throw error;
      }
    }
  }

  async stop(): Promise<void> {
    await this.#run('pg_ctl', ['stop', '-w', '-m', 'fast', '-D', this.#data]);
  }

  /** The port in the server's own record of itself, if it lives. */
  async #running(): Promise<number | null> {
    try {
      await this.#run('pg_ctl', ['status', '-D', this.#data]);
    } catch {
      return null;
    }
    const PORT_LINE = 3;
    const port = Number((await readFile(join(this.#data, 'postmaster.pid'), 'utf8')).split('\n')[PORT_LINE]);
    return Number.isInteger(port) && port > 0 ? port : null;
  }

  async #run(program: string, args: readonly string[]): Promise<void> {
    const { account, folder } = this.#place;
    await run(join(this.#bin, program), args, {
      cwd: folder,
      // Nothing of ours: secrets in the environment are no business of its.
      env: { PATH: process.env['PATH'], LD_LIBRARY_PATH: join(this.#bin, '..', 'lib'), LC_ALL: 'C' },
      ...(account && { uid: account.uid, gid: account.gid }),
    });
  }

  async #write(path: string, text: string): Promise<void> {
    const { account } = this.#place;
    await writeFile(path, text, { mode: 0o600 });
    if (account) await chown(path, account.uid, account.gid);
  }
}

/** Holds the server for this process, as long as it lives. */
async function own(url: string, dataDir: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'tidewire-owner' });
  // A server that is stopped beside us is told by every query; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(`SET lock_timeout = '${OWNER_WAIT_MS}ms'`);
    await client.query('SELECT pg_advisory_lock($1)', [OWNER_LOCK]);
    return client;
  } catch (error) {
    await client.end();
    if (!(error instanceof pg.DatabaseError) || error.code !== LOCK_NOT_AVAILABLE) throw error;
  }
  throw new ConfigError(
    `DATA_DIR: another process uses ${dataDir}. Stop it, or set DATA_DIR to another folder, or DATABASE_URL and REDIS_URL for many processes.`,
  );
}

async function createDatabase(owner: pg.Client): Promise<void> {
  const { rowCount } = await owner.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
  if (rowCount === 0) await owner.query(`CREATE DATABASE ${DATABASE}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
