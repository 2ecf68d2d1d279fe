// `npm run ten-minutes`: what a front-end developer does who has never seen this project, done by a script and timed. A fresh
// clone, then everything as docs/guides/first-screen.md says, its commands and its files, looked at in Chromium with urql and
// with Apollo Client. Then the server is killed and started again, and what the screens show must be whole.
// `-- --before 2026-10-15` takes packages of that day into the app, where a registry has not got the newest whole yet.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { plainEnvironment } from './plain-environment.ts';
import { freePort, type StartedServer, startServer } from './started-server.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CHROMIUM = '/usr/bin/chromium';
const GUIDE = 'docs/guides/first-screen.md';

/** What the name promises, milliseconds. */
const LIMIT_MS = 600_000;

/** Longest wait for a page to show something, milliseconds; clients ask for a server that is away twice a minute. */
const PATIENCE_MS = 120_000;

/** Nothing came for so long, milliseconds: what was published is in the archive, which is written every 100 ms. */
const QUIET_MS = 1_000;

const folder = mkdtempSync(join(tmpdir(), 'ten-minutes-'));
const clone = join(folder, 'tidewire');
const { before: packagesOf } = parseArgs({ options: { before: { type: 'string' } } }).values;
// Nobody is there to say yes.
const env: NodeJS.ProcessEnv = { ...plainEnvironment(), npm_config_yes: 'true' };
const startedAt = performance.now();
const steps: { seconds: string; step: string }[] = [];
const stops: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];

async function step<T>(name: string, work: () => Promise<T> | T): Promise<T> {
  const at = performance.now();
  const result = await work();
  const seconds = ((performance.now() - at) / 1_000).toFixed(1);
  steps.push({ seconds, step: name });
  console.log(`${seconds.padStart(6)} s  ${name}`);
  return result;
}

/** The first start builds the dashboard as well; how long all takes is measured, and bounded, at the end. */
const command = () => ({ file: 'npm', args: ['start'], cwd: clone, env, readyWithinMs: PATIENCE_MS });

interface Block {
  readonly language: string;
  readonly text: string;
  /** What the first line of a file names. */
  readonly file: string | null;
}

/** What the guide of the clone shows, in its order. */
function blocksOfGuide(): readonly Block[] {
  const text = readFileSync(join(clone, GUIDE), 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map(([, language = '', block = '']) => ({
    language,
    text: block,
    file: /^\/\/ (\S+)\n/.exec(block)?.[1] ?? null,
  }));
}

/** A command that serves, in a process group of its own, until the end. */
async function serve(command: string, cwd: string, port: number): Promise<string> {
  const child = spawn('sh', ['-c', `exec ${command}`], { cwd, env, detached: true, stdio: 'ignore' });
  stops.push(async () => process.kill(-(child.pid ?? 0), 'SIGKILL'));
  const url = `http://127.0.0.1:${port}`;
  for (const end = performance.now() + PATIENCE_MS; ; await pauseFor(100)) {
    if (await fetch(url).catch(() => null)) return url;
    if (performance.now() > end || child.exitCode !== null) throw new Error(`does not serve: ${command}`);
  }
}

interface Shown {
  readonly heading: string;
  readonly rows: number;
  readonly status: string;
  readonly repairs: string;
  /** Of the events, oldest first. */
  readonly cursors: readonly string[];
}

const shown = (page: Page): Promise<Shown> =>
  page.evaluate(`({
    heading: document.querySelector('h1')?.textContent ?? '',
    rows: document.querySelectorAll('tr').length,
    status: document.querySelector('main')?.dataset.status ?? '',
    repairs: document.querySelector('main')?.dataset.repairs ?? '',
    cursors: [...document.querySelectorAll('[data-cursor]')].map(({ dataset }) => dataset.cursor).reverse(),
  })`);

const isLive = ({ heading, rows, status }: Shown) =>
  /^BTCUSDT \d+(\.\d+)? /.test(heading) && rows === 10 && status === 'live';

async function until(page: Page, what: string, holds: (now: Shown) => boolean): Promise<Shown> {
  for (const end = performance.now() + PATIENCE_MS; ; await pauseFor(50)) {
    const now = await shown(page);
    if (holds(now)) return now;
    if (performance.now() > end) throw new Error(`never shown: ${what}; ${JSON.stringify(now)}`);
  }
}

/** Until a page shows events, and no new one came for a while: what is killed then has nothing half done. */
async function quiet(page: Page): Promise<readonly string[]> {
  let newest = await until(page, 'an event', ({ cursors }) => cursors.length > 0);
  for (let since = performance.now(); performance.now() - since < QUIET_MS; await pauseFor(50)) {
    const now = await shown(page);
    if (now.cursors.at(-1) !== newest.cursors.at(-1)) since = performance.now();
    newest = now;
  }
  return newest.cursors;
}

/** Every event from one to another, as a reader is given them who was never cut. */
async function cursorsBetween(url: string, first: string, last: string): Promise<readonly string[]> {
  const query = `subscription { opportunities(after: ${JSON.stringify(first)}) { cursor } }`;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query }),
  });
  const cursors = [first];
  let text = '';
  for await (const bytes of response.body ?? []) {
    text += Buffer.from(bytes).toString();
    if (text.includes('"errors"')) throw new Error(text);
    for (let end = text.indexOf('\n\n'); end >= 0 && cursors.at(-1) !== last; end = text.indexOf('\n\n')) {
      const [, cursor] = /"cursor":"([^"]+)"/.exec(text.slice(0, end)) ?? [];
      if (cursor !== undefined) cursors.push(cursor);
      text = text.slice(end + 2);
    }
    if (cursors.at(-1) === last) break;
  }
  return cursors;
}

/** Does what the guide says. @returns the server, and the page of each library. */
async function followGuide(browser: Browser) {
  let server: StartedServer | null = null;
  let cwd = clone;
  const pages = new Map<string, Page>();
  const libraries = ['urql', 'Apollo'];
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(cwd, file)), { recursive: true });
    writeFileSync(
      join(cwd, file),
      text
        .replaceAll('http://127.0.0.1:4000', server?.url ?? '')
        .replaceAll('ws://127.0.0.1:4000', server?.url.replace('http', 'ws') ?? ''),
    );
  };
  const run = (command: string) => {
    const { status, stderr } = spawnSync('sh', ['-c', command], { cwd, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} ended with code ${status}\n${stderr.slice(-4_000)}`);
  };
  const started = () => startServer(command());
  const apps: string[] = [];
  for (const { language, text, file } of blocksOfGuide()) {
    if (file === 'src/App.tsx') apps.push(text);
    else if (file !== null) write(file, text);
    if (language !== 'sh') continue;
    for (const command of text.trim().split('\n')) {
      if (command.startsWith('cd ')) cwd = join(cwd, command.slice(3));
      else if (command === 'npm start') {
        server = await step(command, started);
        stops.push(() => server?.kill() ?? Promise.resolve());
      } else if (command === 'npm run build') {
        for (const [index, library] of libraries.entries()) {
          write('src/App.tsx', apps[index] ?? '');
          await step(`${command} (${library})`, () => run(`${command} -- --outDir dist/${library}`));
        }
      } else if (command === 'npm run preview') {
        for (const library of libraries) {
          const port = await freePort();
          const flags = `--outDir dist/${library} --host 127.0.0.1 --port ${port} --strictPort`;
          const site = await step(`${command} (${library})`, () => serve(`${command} -- ${flags}`, cwd, port));
          const page = await browser.newPage();
          pages.set(library, page);
          await step(`live price and book of BTC (${library})`, async () => {
            await page.goto(site);
            await until(page, 'price and book', isLive);
          });
        }
      } else {
        await step(command, () => run(command));
        if (!command.startsWith('npm pack')) continue;
        // The app stands beside the clone.
        cwd = folder;
        if (packagesOf) env['npm_config_before'] = packagesOf;
      }
    }
  }
  if (!server) throw new Error('the guide starts no server');
  return { server, pages, started };
}

try {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  stops.push(() => browser.close());
  await step('git clone', () => execFileSync('git', ['clone', '--quiet', '--no-local', ROOT, clone]));
  let { server, pages } = await followGuide(browser);
  const tookMs = performance.now() - startedAt;

  const before = new Map<string, readonly string[]>();
  for (const [library, page] of pages) before.set(library, await quiet(page));
  await step('killed (SIGKILL), and started again', async () => {
    await server.kill();
    for (const page of pages.values()) await until(page, 'that it is stale', ({ status }) => status === 'stale');
    server = await startServer({ ...command(), port: server.port });
    stops.push(() => server.kill());
  });
  for (const [library, page] of pages)
    await step(`live again (${library})`, async () => {
      const [seen = ''] = (before.get(library) ?? []).slice(-1);
      const now = await until(page, 'more', (one) => isLive(one) && one.cursors.at(-1) !== seen);
      const all = await cursorsBetween(server.url, now.cursors[0] ?? '', now.cursors.at(-1) ?? '');
      const isWhole = now.cursors.includes(seen) && JSON.stringify(all) === JSON.stringify(now.cursors);
      if (!isWhole || now.repairs !== '0') throw new Error(`${library}: ${JSON.stringify({ ...now, all })}`);
      console.log(`         ${now.cursors.length} events, none lost, none twice; every frame of the book proved`);
    });
  console.log(`From the clone to live price and book with both: ${(tookMs / 1_000).toFixed(0)} s`);
  if (tookMs > LIMIT_MS) throw new Error('that is more than ten minutes');
} finally {
  for (const stop of stops.toReversed()) await stop().catch((error: unknown) => console.error(error));
}
