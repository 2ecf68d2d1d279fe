import { createHash } from 'node:crypto';
import { chown, mkdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** Whom PostgreSQL runs as. It refuses to run as root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Where the embedded PostgreSQL lives, kept between starts. */
export interface Place {
  readonly folder: string;
  /** Null: the account that this process runs as. */
  readonly account: Account | null;
}

/** `nobody` on every Linux: no account has to be made for the default of a first start. */
const NOBODY: Account = { uid: 65_534, gid: 65_534 };

/** Where root keeps what another account must reach, when the data folder lies where it cannot: below a 0700 home. */
const REACHABLE = '/var/lib/tidewire';

const EXECUTE_FOR_OTHERS = 0o001;

/** Makes the folder of the embedded PostgreSQL: below the data folder, or where its account can reach it. */
export async function placeFor(dataDir: string, runningAs: number): Promise<Place> {
  const wanted = join(resolve(dataDir), 'postgres');
  if (runningAs !== 0) {
    await mkdir(wanted, { recursive: true, mode: 0o700 });
    return { folder: wanted, account: null };
  }
  await mkdir(dirname(wanted), { recursive: true });
  const reachable = await isReachable(dirname(wanted));
  if (!reachable) await mkdir(REACHABLE, { recursive: true, mode: 0o755 });
  const folder = reachable ? wanted : join(REACHABLE, nameOf(wanted));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chown(folder, NOBODY.uid, NOBODY.gid);
  return { folder, account: NOBODY };
}

/** One folder for each data folder: two projects of one machine never share their data. */
function nameOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 16);
}

async function isReachable(path: string): Promise<boolean> {
  const { mode } = await stat(path);
  if ((mode & EXECUTE_FOR_OTHERS) === 0) return false;
  const parent = dirname(path);
  return parent === path || isReachable(parent);
}
