/** `--check`: whether src/store/generated is what Prisma makes of prisma/schema.prisma. `npm run prisma` makes it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COMMITTED = join(ROOT, 'src', 'store', 'generated');

/** Every file below a folder with its text. */
function filesOf(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name));
  return new Map(paths.map((path) => [path.slice(folder.length), readFileSync(path, 'utf8')]));
}

const fresh = mkdtempSync(join(ROOT, 'node_modules', '.prisma-check-'));
try {
  const schema = readFileSync(join(ROOT, 'prisma', 'schema.prisma'), 'utf8');
  writeFileSync(join(fresh, 'schema.prisma'), schema.replace('../src/store/generated', './client'));
  const prisma = join(ROOT, 'node_modules', 'prisma', 'build', 'index.js');
  execFileSync(process.execPath, [prisma, 'generate', '--schema', join(fresh, 'schema.prisma')], {
    cwd: ROOT,
    stdio: 'pipe',
  });
  const wanted = filesOf(join(fresh, 'client'));
  const found = filesOf(COMMITTED);
  const differing = [...new Set([...wanted.keys(), ...found.keys()])].filter((path) => {
    const text = (files: Map<string, string>) => files.get(path)?.replaceAll('./client', '../src/store/generated');
    return text(wanted) !== text(found);
  });
  if (differing.length > 0) {
    console.error(
      `src/store/generated is not what prisma/schema.prisma gives: run npm run prisma\n  ${differing.join('\n  ')}`,
    );
    process.exitCode = 1;
  } else console.log(`src/store/generated is fresh: ${wanted.size} files`);
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
