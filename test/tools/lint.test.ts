import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One fault a line, and the rule that must find it. `rm` and Redis are typed in packages, not in our files. */
const FAULTS = [
  ["  rm('/nowhere');", 'typescript(no-floating-promises)'],
  ["  redis.publish('channel', 'message');", 'typescript(no-floating-promises)'],
  ['  void redis.quit();', 'typescript(no-floating-promises)'],
  ["  socket.on('open', async () => { await redis.quit(); });", 'typescript(no-misused-promises)'],
  ["  if (redis.quit()) throw new Error('never');", 'typescript(no-misused-promises)'],
  ["  throwing('text');", null],
  ['  Date.now();', 'plugin'],
  ['  new Date();', 'plugin'],
  ['  new Date(0);', null],
  ['  setTimeout(() => undefined, 1);', 'lint/style/noRestrictedGlobals'],
  ["  process.env['HOME'];", 'lint/style/noProcessEnv'],
  ["  console.log('seen');", 'lint/suspicious/noConsole'],
  ['  const anything: any = 1;', 'lint/suspicious/noExplicitAny'],
  ['  async function* stream() { yield anything; }', 'plugin'],
] as const;

const HEAD = [
  "import { rm } from 'node:fs/promises';",
  "import type { Redis } from 'ioredis';",
  "import type { WebSocket } from 'ws';",
  'export function planted(redis: Redis, socket: WebSocket, throwing: (text: string) => void): unknown {',
];
const TAIL = ['  return stream;', '}'];

interface BiomeReport {
  readonly diagnostics: readonly { category: string; location: { start: { line: number } } }[];
}
interface OxlintReport {
  readonly diagnostics: readonly { code: string; labels: readonly { span: { line: number } }[] }[];
}

let folder: string;

/** What a linter prints about the planted file, as JSON; it fails by design. */
function report(tool: string, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      join(ROOT, 'node_modules/.bin', tool),
      [...args, 'src/server/planted.ts'],
      { cwd: folder },
      (error, out) => (error === null ? reject(new Error(`${tool} found nothing`)) : resolve(out)),
    );
  });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'planted-faults-'));
  for (const name of ['biome.json', '.oxlintrc.json', 'tsconfig.json', 'package.json', '.gitignore', 'tools/lint'])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'src/server'), { recursive: true });
  const lines = [...HEAD, ...FAULTS.map(([line]) => line), ...TAIL];
  writeFileSync(join(folder, 'src/server/planted.ts'), `${lines.join('\n')}\n`);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('each planted fault is found by its rule, and what is right by none', async () => {
  const biome = JSON.parse(await report('biome', 'lint', '--reporter=json')) as BiomeReport;
  const oxlint = JSON.parse(await report('oxlint', '--format=json')) as OxlintReport;
  const found = [
    ...biome.diagnostics.map(({ category, location }) => `${location.start.line} ${category}`),
    ...oxlint.diagnostics.map(({ code, labels }) => `${labels[0]?.span.line} ${code}`),
  ];
  FAULTS.forEach(([line, rule], index) => {
    const number = HEAD.length + index + 1;
    const here = found.filter((fault) => fault.startsWith(`${number} `));
    if (rule === null) expect(here, line).toEqual([]);
    else expect(here, line).toContain(`${number} ${rule}`);
  });
});
