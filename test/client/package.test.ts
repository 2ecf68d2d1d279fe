import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bundle } from '../support/bundle.ts';

/** What every front end that uses it sends to its users beside graphql-ws, bytes. */
const CORE_LIMIT = 10_240;

const ES = { format: 'es', external: ['graphql-ws'] } as const;

describe('the package', () => {
  test(`is under ${CORE_LIMIT} bytes gzipped without graphql-ws, all of its core, what it takes of graphql with it`, async () => {
    const { gzipped, code } = await bundle(
      "export { createTidewire, followBook, OrderBook, Latest, OperationError } from 'tidewire-client';",
      ES,
    );
    console.log(`tidewire-client: ${gzipped} bytes gzipped`);
    expect(code).toContain('connectionParams');
    expect(gzipped).toBeLessThan(CORE_LIMIT);
  });

  test('leaves out what is not used', async () => {
    const { code: book } = await bundle("export { OrderBook } from 'tidewire-client';", ES);
    expect(book).not.toContain('connectionParams');
    expect(book.length).toBeLessThan(3_000);
    const { code: one } = await bundle("export { PricesDocument } from 'tidewire-client/documents';", ES);
    expect(one).toContain('PriceFields');
    expect(one).not.toContain('AlertFields');
  });

  test('is packed with JavaScript, types, the schema and the manifest, and nothing of the server', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidewire-pack-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const args = ['pack', '--workspace', 'tidewire-client', '--json', '--pack-destination', folder];
    const packed = execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const [{ files }] = JSON.parse(packed.slice(packed.indexOf('['))) as [{ files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    const { exports } = JSON.parse(readFileSync('src/client/package.json', 'utf8')) as {
      exports: Record<string, string | Record<string, string>>;
    };
    const promised = Object.values(exports).flatMap((target) =>
      typeof target === 'string' ? [target] : [target['types'] ?? '', target['default'] ?? ''],
    );
    expect(paths).toEqual(expect.arrayContaining(promised.map((path) => path.replace('./', ''))));
    expect(paths.filter((path) => !/^(dist\/|package\.json|README\.md|schema\.graphql|persisted-)/.test(path))).toEqual(
      [],
    );
  });
});
