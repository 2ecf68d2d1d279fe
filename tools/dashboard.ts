/**
 * `npm run dashboard` builds the web application into dashboard/dist, which the server answers from. With `--if-needed`,
 * as before `npm start`, only where it is missing or older than its sources, and then a failure is told and stops nobody.
 */
import { globSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BUILT = join(ROOT, 'dashboard/dist');
const CACHE = join(ROOT, 'node_modules/.cache');
const CONFIG = join(ROOT, 'dashboard/vite.config.ts');
const SOURCES = ['dashboard/*.*', 'dashboard/src/**/*', 'src/client/**/*.ts', 'package-lock.json'];

async function buildDashboard(): Promise<void> {
  // What is set for the server is not meant here: a development build of React is three times as large.
  process.env['NODE_ENV'] = 'production';
  // Not for who starts a server whose build is there, and absent after `npm ci --omit=dev`.
  const { build } = await import('vite');
  // Aside, and then put in its place: a server that starts meanwhile reads a whole one.
  mkdirSync(CACHE, { recursive: true });
  const outDir = mkdtempSync(join(CACHE, 'dashboard-'));
  try {
    await build({ configFile: CONFIG, logLevel: 'warn', build: { outDir } });
    rmSync(BUILT, { recursive: true, force: true });
    renameSync(outDir, BUILT);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

/** Whether there is no build, or a source is newer than it. */
function isNeeded(): boolean {
  const builtAt = statSync(join(BUILT, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const isNewer = (path: string) => statSync(join(ROOT, path)).mtimeMs > builtAt;
  return builtAt === 0 || globSync(SOURCES, { cwd: ROOT }).some(isNewer);
}

if (process.argv.includes('--if-needed')) {
  if (isNeeded())
    await buildDashboard().catch((error: Error) => console.error(`the dashboard is not built: ${error.message}`));
} else await buildDashboard();
