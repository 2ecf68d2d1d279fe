// `npm run clean-room` proves the two commands of the README on a fresh clone of the last commit: below the home folder
// made private (0700) and elsewhere, with npm 10, 11 and 12. It starts, ends on SIGTERM, is killed, and starts again.
// `-- --tests` runs the tests as well; `-- --npm 10,12` and `-- --place elsewhere` choose.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { plainEnvironment } from './plain-environment.ts';
import { type Command, startServer } from './started-server.ts';

/** npm 12 refuses older ones; it is then run by the Node of this project. */
const NPM_12_NEEDS_NODE = [22, 22] as const;

const PLACES = {
  'private home': { above: homedir(), mode: 0o700 },
  elsewhere: { above: tmpdir(), mode: 0o755 },
} as const;

/** The first start builds the dashboard before the server begins: on two busy cores that alone has taken a minute. */
const FIRST_READY_WITHIN_MS = 180_000;

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    npm: { type: 'string', default: '10,11,12' },
    place: { type: 'string', default: Object.keys(PLACES).join(',') },
    tests: { type: 'boolean', default: false },
  },
});

async function run({ file, args, cwd, env }: Command): Promise<string> {
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with code ${code}\n${output.slice(-4_000)}`);
  return output;
}

async function seconds(work: () => Promise<unknown>): Promise<string> {
  const startedAt = performance.now();
  await work();
  return `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`;
}

/** An npm of one major version in `folder`, and the Node that runs it. */
async function npmOf(major: string, folder: string): Promise<Omit<Command, 'cwd'> & { readonly label: string }> {
  const env = plainEnvironment();
  const install = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', `npm@${major}`];
  await run({ file: 'npm', args: install, cwd: folder, env });
  const cli = join(folder, 'node_modules/npm/bin/npm-cli.js');
  const { version } = JSON.parse(readFileSync(join(dirname(cli), '../package.json'), 'utf8')) as { version: string };
  const system = (await run({ file: 'node', args: ['--version'], cwd: folder, env })).trim().slice(1);
  const [nodeMajor = 0, nodeMinor = 0] = system.split('.').map(Number);
  const [neededMajor, neededMinor] = NPM_12_NEEDS_NODE;
  const tooOld = nodeMajor < neededMajor || (nodeMajor === neededMajor && nodeMinor < neededMinor);
  if (Number(major) < 12 || !tooOld) return { label: `npm ${version}, Node ${system}`, file: 'node', args: [cli], env };
  const pinned = { ...env, PATH: [dirname(process.execPath), env['PATH']].join(delimiter) };
  return { label: `npm ${version}, Node ${process.versions.node}`, file: process.execPath, args: [cli], env: pinned };
}

type Row = Record<string, string>;

async function prove(place: keyof typeof PLACES, major: string): Promise<Row> {
  const { above, mode } = PLACES[place];
  const folder = mkdtempSync(join(above, 'clean-room-'));
  const row: Row = { place, npm: major };
  try {
    chmodSync(folder, mode);
    const { label, ...npm } = await npmOf(major, folder);
    row['npm'] = label;
    const clone = join(folder, 'tidewire');
    const git = ['clone', '--quiet', '--no-local', resolve(ROOT), clone];
    await run({ file: 'git', args: git, cwd: folder, env: npm.env });
    const command = (...args: readonly string[]): Command => ({ ...npm, args: [...npm.args, ...args], cwd: clone });

    row['npm ci'] = await seconds(() => run(command('ci')));
    const first = await startServer({ ...command('start'), readyWithinMs: FIRST_READY_WITHIN_MS });
    row['built and ready'] = `${first.readyAfterMs} ms`;
    row['SIGTERM'] = await seconds(() => first.terminate());
    const second = await startServer(command('start'));
    row['again'] = `${second.readyAfterMs} ms`;
    await second.kill();
    const third = await startServer(command('start'));
    row['after kill -9'] = `${third.readyAfterMs} ms`;
    await third.terminate();
    if (options.tests) row['npm test'] = await seconds(() => run(command('test')));
    row['result'] = 'ok';
  } catch (error) {
    console.error(`${place}, npm ${major}: ${error instanceof Error ? error.message : String(error)}`);
    row['result'] = 'FAILED';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return row;
}

const rows: Row[] = [];
for (const place of options.place.split(',') as (keyof typeof PLACES)[])
  for (const major of options.npm.split(',')) {
    rows.push(await prove(place, major));
    console.table(rows.slice(-1));
  }
console.table(rows);
if (rows.some(({ result }) => result !== 'ok')) process.exitCode = 1;
