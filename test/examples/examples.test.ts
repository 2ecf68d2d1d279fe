import { execFileSync, spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { bundle } from '../support/bundle.ts';
import { socketUrl } from '../support/resuming.ts';
import { startRole } from '../support/role.ts';
import { query } from '../support/server.ts';

const CHROMIUM = '/usr/bin/chromium';
const hasChromium = existsSync(CHROMIUM);

/** Bounds a hang on a machine that does much else, milliseconds. */
const PATIENCE = { timeout: 120_000 };

let url = '';

/** What each example is to show, in turn, on one server: starting it takes longer than they all do. */
const examples: { name: string; runs: boolean; shows: () => Promise<void> }[] = [];
const example = (name: string, runs: boolean, shows: () => Promise<void>) => void examples.push({ name, runs, shows });

/** An example as its first line says it is started; killed when the test ends. */
function started(file: string, args: readonly string[], command = process.execPath) {
  const flags = command === process.execPath ? ['--conditions=tidewire-source'] : [];
  const child = spawn(command, [...flags, `examples/${file}`, ...args], {
    env: { PATH: process.env['PATH'], TIDEWIRE_URL: socketUrl(url), PORT: '0', PYTHONPATH: websockets ?? '' },
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (data) => (output += String(data)));
  child.stderr.on('data', (data) => (errors += String(data)));
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  onTestFinished(() => void child.kill('SIGKILL'));
  return { ended, output: () => output, errors: () => errors };
}

/** One for all: each has a page of its own. */
let browser: Browser | null = null;

async function openPage(): Promise<Page> {
  if (!browser) throw new Error('there is no browser');
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE.timeout);
  return page;
}

example('watch.ts prints every frame of a field, checks them, and ends', true, async () => {
  const field = 'trades(last: 5) { symbol tradeId }';
  const { ended, output, errors } = started('watch.ts', [field, '10']);
  expect(await ended, errors()).toBe(0);
  expect(
    output()
      .trim()
      .split('\n')
      .map((line) => Object.keys(JSON.parse(line))),
  ).toHaveLength(10);
  expect(errors()).toContain('# 10 frames, 10 cursors, 0 values: all in order');
  const refused = started('watch.ts', ['nothing { at all }']);
  expect(await refused.ended).toBe(1);
  expect(refused.errors()).toContain('GRAPHQL_VALIDATION_FAILED');
});

example('node.ts shows best bid and ask as they change', true, async () => {
  const { output } = started('node.ts', ['BTCUSDT']);
  await expect.poll(() => output().split('\n').length, PATIENCE).toBeGreaterThan(3);
  expect(output()).toMatch(/^BTCUSDT [\d.]+ x [\d.]+ \| [\d.]+ x [\d.]+$/m);
});

/** Where Python finds `websockets`: Debian's package, unpacked, where it is not installed; null where neither is to be had. */
const websockets = (() => {
  const run = (command: string, args: readonly string[], cwd = '.') =>
    execFileSync(command, args, { cwd, stdio: 'ignore', timeout: 60_000 });
  const imported = (folder: string) =>
    execFileSync('python3', ['-c', 'import websockets'], {
      env: { ...process.env, PYTHONPATH: folder },
      stdio: 'ignore',
    });
  try {
    imported('');
    return '';
  } catch {
    const folder = mkdtempSync(join(tmpdir(), 'tidewire-python-'));
    try {
      run('apt-get', ['download', 'python3-websockets'], folder);
      for (const name of globSync('*.deb', { cwd: folder })) run('dpkg', ['-x', join(folder, name), folder]);
      const packages = join(folder, 'usr/lib/python3/dist-packages');
      imported(packages);
      return packages;
    } catch {
      return null;
    } finally {
      process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    }
  }
})();

example('trades.py prints trades', websockets !== null, async () => {
  const { ended, output } = started('trades.py', ['5'], 'python3');
  expect(await ended).toBe(0);
  expect(
    output()
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { tradeId: string }).tradeId),
  ).toHaveLength(5);
});

for (const name of ['urql', 'apollo'])
  example(`${name}.tsx shows prices and trades`, hasChromium, async () => {
    const page = await openPage();
    await page.goto(`${url}/health/live?${new URLSearchParams({ server: url })}`);
    await page.setContent('<div id="root"></div>');
    await page.evaluate((await bundle(`import ${JSON.stringify(`${process.cwd()}/examples/${name}.tsx`)};`)).code);
    const text = (selector: string) => page.locator(selector).allInnerTexts();
    await expect.poll(() => text('#prices li'), PATIENCE).toHaveLength(2);
    await expect.poll(() => text('#trades li'), PATIENCE).toHaveLength(10);
    const before = await text('#prices li');
    await expect.poll(() => text('#prices li'), PATIENCE).not.toEqual(before);
    expect(await page.locator('main').getAttribute('data-status')).toBe('live');
    expect(before.join()).toMatch(/BTCUSDT [\d.]+/);
  });

example('sse.html shows prices as they change', hasChromium, async () => {
  const page = await openPage();
  await page.goto(`${url}/health/live?${new URLSearchParams({ server: url })}`);
  await page.setContent(readFileSync('examples/sse.html', 'utf8'));
  const rows = () => page.locator('#prices tr').allInnerTexts();
  await expect.poll(async () => (await rows()).length, PATIENCE).toBeGreaterThan(2);
  const before = await rows();
  await expect.poll(rows, PATIENCE).not.toEqual(before);
});

example('render.ts goes live from the page it rendered', hasChromium, async () => {
  const asked = () =>
    query<{ opportunities: { edges: { node: { id: string; version: number } }[] } }>(
      url,
      '{ opportunities(last: 20) { edges { node { id version } } } }',
    );
  await expect.poll(async () => (await asked()).data?.opportunities.edges.length, PATIENCE).toBeGreaterThan(0);
  const { output } = started('render.ts', []);
  await expect.poll(output, PATIENCE).toContain('"port"');
  const { port } = JSON.parse(output()) as { port: number };
  const page = await openPage();
  const rendered = (await (await page.goto(`http://127.0.0.1:${port}`))?.text()) ?? '';
  expect(rendered.match(/<tr id=/g)?.length).toBeGreaterThan(0);
  const versions = () =>
    page.evaluate("[...document.querySelectorAll('#rows tr')].map(({ id, dataset }) => id + dataset.version)");
  const before = await versions();
  await expect.poll(versions, PATIENCE).not.toEqual(before);
  const ids = (await page.evaluate("[...document.querySelectorAll('#rows tr')].map(({ id }) => id)")) as string[];
  expect(new Set(ids).size).toBe(ids.length);
});

test('each starts and shows what it promises, those apart whose runtime is not here', async (context) => {
  const launched = hasChromium
    ? chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
    : null;
  ({ url } = await startRole('all', {}));
  browser = await launched;
  onTestFinished(() => browser?.close());
  // All at once: most of what each does is waiting.
  await Promise.all(examples.filter(({ runs }) => runs).map(({ shows }) => shows()));
  for (const { name } of examples.filter(({ runs }) => !runs))
    await context.annotate(`${name}: skipped, its runtime is not here`);
  // A server and six pages, on whatever else the machine is doing.
}, 300_000);
