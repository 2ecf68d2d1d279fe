import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSchema, Kind, parse, validate } from 'graphql';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { socketUrl } from '../support/resuming.ts';
import { startRole } from '../support/role.ts';
import { WireClient } from '../support/wire-client.ts';

const GUIDES = 'docs/guides';
const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const fields = schema.getSubscriptionType()?.getFields() ?? {};

const blocks = (name: string, language: string) =>
  [
    ...readFileSync(`${GUIDES}/${name}`, 'utf8').matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g')),
  ].map(([, text = '']) => text);

function nameAndField(operation: string): { name: string; field: string } {
  const [definition] = parse(operation).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`no operation: ${operation}`);
  const [root] = definition.selectionSet.selections;
  return { name: definition.name?.value ?? '', field: root?.kind === Kind.FIELD ? root.name.value : '' };
}

describe('every operation that replaces a message of a raw API', () => {
  const operations = blocks('moving.md', 'graphql').map((text) => ({ text, ...nameAndField(text) }));

  test('is valid, is named in a table, and every table names one that is there', () => {
    const text = readFileSync(`${GUIDES}/moving.md`, 'utf8');
    for (const { text: operation, name, field } of operations) {
      if (field in fields) expect(validate(schema, parse(operation)), name).toEqual([]);
      expect(text).toContain(`| \`${name}\``);
    }
    expect(operations.length).toBeGreaterThanOrEqual(21);
  });

  test('runs: it is refused by nothing, and comes to be live', async () => {
    const { url } = await startRole('all', {});
    const client = await WireClient.connect(url);
    for (const { text, name, field } of operations) {
      if (!(field in fields)) continue;
      client.subscribe(name, text);
      const message = await client.take(
        ({ type, id, payload }) =>
          (id === name && type === 'error') || (type === 'ping' && (payload as { live: string[] }).live.includes(name)),
      );
      expect(message.type, `${name}: ${JSON.stringify(message.payload)}`).toBe('ping');
      client.complete(name);
    }
    await client.close();
  });
});

test('every snippet of the guides runs as it stands', async () => {
  const { url } = await startRole('all', {});
  const folder = mkdtempSync(join(tmpdir(), 'tidewire-guides-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const snippets = readdirSync(GUIDES).flatMap((name) =>
    blocks(name, 'ts').map((text, index) => ({ name: `${name.replace('.md', '')}-${index}`, text })),
  );
  expect(snippets.length).toBeGreaterThanOrEqual(9);
  for (const { name, text } of snippets) {
    const shown = vi.fn();
    const guide = {
      SERVER_WS: socketUrl(url),
      show: shown,
      newToken: () => null,
      until: (holds: () => boolean) => vi.waitUntil(holds, { timeout: 30_000, interval: 10 }),
    };
    Object.assign(globalThis, { guide });
    const imports = text.replaceAll(/'tidewire-client(\/documents)?'/g, (_all, path?: string) =>
      JSON.stringify(pathToFileURL(`src/client/${path ? 'generated/graphql' : 'index'}.ts`)),
    );
    const file = join(folder, `${name}.ts`);
    const names = Object.keys(guide).join(', ');
    // The imports, then what a guide takes for granted, then the rest of it.
    const whole = imports.replace('\n\n', `\nconst { ${names} } = globalThis.guide;\n\n`);
    writeFileSync(file, `${whole}\nawait tidewire.close();\n`);
    await import(/* @vite-ignore */ pathToFileURL(file).href);
    expect(shown.mock.calls.length, name).toBeGreaterThan(0);
  }
});
