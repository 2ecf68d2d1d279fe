import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Kind, OperationTypeNode, parse, validate } from 'graphql';
import { createClient } from 'graphql-ws';
import { expect, onTestFinished, test, vi } from 'vitest';
import { followedChains } from '../../src/main/chains.ts';
import { readConfig } from '../../src/main/config.ts';
import { readReceived } from '../../tools/docs/received.ts';
import { refusedOperations } from '../../tools/docs/refused-operations.ts';
import { socketUrl } from '../support/resuming.ts';
import { startRole } from '../support/role.ts';
import { query } from '../support/server.ts';
import { type Message, WireClient } from '../support/wire-client.ts';
import { fitted, schema } from './fits.ts';
import { lasting } from './lasting.ts';
import { PAGES, SNIPPETS, type Snippet } from './markdown.ts';

const of = (...languages: readonly string[]) => SNIPPETS.filter(({ language }) => languages.includes(language));

/** Where a page's own server is, which is here another one. */
const LOCAL = /(http|ws):\/\/127\.0\.0\.1:4000/g;

/** Files of an app that is made elsewhere: `npm run ten-minutes` does that. */
const isFile = ({ text }: Snippet) => /^\/\/ \S+\.tsx?\n/.test(text);

const operationOf = (text: string) => {
  const [definition] = parse(text).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`no operation: ${text}`);
  return definition;
};

const operations = of('graphql').map(({ page, text }, index) => ({ name: `${page}#${index}`, text }));
const isLive = (text: string) => operationOf(text).operation === OperationTypeNode.SUBSCRIPTION;

test('every operation of every page fits the schema, those too that stand in code', () => {
  const inCode = SNIPPETS.flatMap(({ page, text }) =>
    [...text.matchAll(/graphql\(`([^`]*)`\)/g)].map(([, operation = '']) => ({ name: page, text: operation })),
  );
  expect(inCode.length).toBeGreaterThanOrEqual(2);
  for (const { name, text } of [...operations, ...inCode])
    expect(validate(schema, parse(text)), `${name}: ${text}`).toEqual([]);
  expect(operations.length).toBeGreaterThanOrEqual(45);
});

test('on one server every operation comes to be live or is answered, and every script shows what it promises', async () => {
  const { url } = await startRole('all', { NEW_DOCUMENTS_PER_SECOND: '1000' });
  await runOperations(url);
  expect(scripts.length).toBeGreaterThanOrEqual(12);
  for (const [index, script] of scripts.entries()) await runScript(url, script, index);
}, 300_000);

async function runOperations(url: string): Promise<void> {
  const client = await WireClient.connect(url);
  const live = operations.filter(({ text }) => isLive(text));
  for (const { name, text } of live) client.subscribe(name, text);
  for (const { name } of live) {
    const message = await client.take(
      ({ type, id, payload }: Message) =>
        (id === name && type === 'error') || (type === 'ping' && (payload as { live: string[] }).live.includes(name)),
    );
    expect(message.type, `${name}: ${JSON.stringify(message.payload)}`).toBe('ping');
  }
  let fit = 0;
  for (const { name, text } of live) {
    const frame = client.received.find(({ id, type }) => id === name && type === 'next');
    const { data } = (frame?.payload ?? {}) as { data?: unknown };
    if (data === undefined) continue;
    expect(await fitted(parse(text), data), name).toEqual({ data });
    fit++;
  }
  expect(fit).toBeGreaterThan(10);
  for (const { name, text } of operations)
    if (!isLive(text)) expect((await query(url, text)).errors, name).toBeUndefined();

  // What is said to be refused is, as the page says.
  const { refusals } = readReceived('.');
  const documents = Object.values(refusals).map(({ document }) => document);
  for (const { page, text } of of('graphql refused')) expect(documents, page).toContain(text);
  for (const [code, refusal] of Object.entries(await refusedOperations(url)))
    expect(lasting(refusal), code).toEqual(lasting(refusals[code]));
  await client.close();
}

const scripts = of('ts').filter((snippet) => !isFile(snippet));

async function runScript(url: string, { page, text }: Snippet, index: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tidewire-snippets-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const ENOUGH = 'it has shown what it promises';
  const shown = vi.fn(() => {
    // What goes on for ever ends here.
    if (text.includes('for await')) throw new Error(ENOUGH);
  });
  const until = (holds: () => boolean) => vi.waitUntil(holds, { timeout: 30_000, interval: 10 });
  /** What a page takes for granted; a snippet that declares one of these has its own. */
  const client = createClient({ url: socketUrl(url) });
  const given: Record<string, unknown> = {
    SERVER_WS: socketUrl(url),
    show: shown,
    console: { log: shown, error: console.error },
    newToken: () => null,
    until,
    client,
    query: 'subscription ($after: Cursor) { trades(after: $after) { tradeId cursor } }',
  };
  const names = Object.keys(given).filter((name) => !new RegExp(`const ${name} `).test(text));
  Object.assign(globalThis, { given: { ...given, shown } });
  const lines = text.replaceAll(LOCAL, (_all, scheme: string) => url.replace('http', scheme)).split('\n');
  const imports = lines.filter((line) => line.startsWith('import ')).join('\n');
  const rest = lines.filter((line) => !line.startsWith('import ')).join('\n');
  const end = /const (tidewire|client) = /.exec(text)?.[1];
  const settled = text.includes('const variables')
    ? 'await until(() => variables.after !== null);'
    : 'await until(() => globalThis.given.shown.mock.calls.length > 0);';
  const file = join(folder, `${page.replaceAll('/', '-')}-${index}.ts`);
  writeFileSync(
    file,
    `${resolved(imports)}
  const { ${names.join(', ')} } = globalThis.given;
  ${rest}
  ${settled}
  ${end === undefined ? '' : `await ${end}.${end === 'client' ? 'dispose' : 'close'}();`}
  `,
  );
  await import(/* @vite-ignore */ pathToFileURL(file).href).catch((error: unknown) => {
    if (!(error instanceof Error) || error.message !== ENOUGH) throw error;
  });
  await client.dispose();
}

/** Packages by the files that they are here: a snippet stands outside of this folder. */
function resolved(imports: string): string {
  return imports
    .replaceAll(/'tidewire-client(\/documents)?'/g, (_all, path?: string) =>
      JSON.stringify(pathToFileURL(`src/client/${path ? 'generated/graphql' : 'index'}.ts`)),
    )
    .replaceAll(/'(graphql-ws)'/g, (_all, name: string) => JSON.stringify(import.meta.resolve(name)));
}

test('every command, and every file of the project, that a page names is there', () => {
  const { scripts: own } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  // Of the app that a page makes.
  const known = new Set([...Object.keys(own), 'build', 'preview', 'dev']);
  for (const page of PAGES) {
    const text = readFileSync(page, 'utf8');
    for (const [, name = ''] of text.matchAll(/npm run ([\w:-]+)/g))
      expect(known.has(name), `${page}: ${name}`).toBe(true);
    for (const [file] of text.matchAll(
      /(?<![\w/.-])(?:src|test|docs|tools|bench|examples)\/[\w./-]+\.(?:ts|tsx|md|html|py|json|yml|conf)\b/g,
    ))
      expect(existsSync(file) || existsSync(`src/client/${file}`) || isOfApp(file), `${page}: ${file}`).toBe(true);
  }
});

/** Files that a page has its reader write. */
const isOfApp = (file: string) => SNIPPETS.some(({ text }) => text.startsWith(`// ${file}`));

test('the chains file of the settings is taken', () => {
  const [snippet] = of('json').filter(({ page }) => page === 'docs/SETTINGS.md');
  const folder = mkdtempSync(join(tmpdir(), 'tidewire-chains-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'chains.json');
  writeFileSync(file, snippet?.text ?? '');
  const [chain] = followedChains(readConfig({ EVM_RPC_URLS: '56=wss://node.example', EVM_CHAINS_FILE: file }));
  expect(chain?.pools).toHaveLength(1);
});
