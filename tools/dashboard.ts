/**
 * `npm run dashboard` builds the web application into dashboard/dist, which is committed and served as it is. With
 * `--check` it builds elsewhere and fails where what is committed is not what its sources give.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const CONFIG = fileURLToPath(new URL('../dashboard/vite.config.ts', import.meta.url));
const COMMITTED = fileURLToPath(new URL('../dashboard/dist', import.meta.url));

async function buildInto(outDir: string): Promise<void> {
  await build({ configFile: CONFIG, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
}

/** Every file below a folder, by its path from there. */
function filesOf(folder: string): ReadonlyMap<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name));
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path)]));
}

function printSizes(): void {
  for (const [path, content] of filesOf(COMMITTED))
    console.log(`${path}: ${content.length} bytes, ${gzipSync(content).length} gzipped`);
}

async function check(): Promise<void> {
  const fresh = mkdtempSync(join(tmpdir(), 'dashboard-'));
  try {
    await buildInto(fresh);
    const wanted = filesOf(fresh);
    const found = filesOf(COMMITTED);
    const paths = [...new Set([...wanted.keys(), ...found.keys()])];
    const differing = paths.filter((path) => !found.get(path)?.equals(wanted.get(path) ?? Buffer.of()));
    if (differing.length === 0) return console.log(`dashboard/dist is what its sources give: ${wanted.size} files`);
    console.error(`dashboard/dist is not what its sources give: run npm run dashboard\n  ${differing.join('\n  ')}`);
    process.exitCode = 1;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

if (process.argv.includes('--check')) await check();
else {
  await buildInto(COMMITTED);
  printSizes();
}
