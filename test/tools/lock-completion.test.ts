import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { entriesWithHost, type Lock, type LockEntry, missingEntries } from '../../tools/lock-completion.ts';

function lockOf(packages: Readonly<Record<string, LockEntry>>): Lock {
  return { packages };
}

describe('an optional dependency without an entry', () => {
  test('gets version, platform and the development mark of its dependant', () => {
    const lock = lockOf({
      'node_modules/tool': {
        version: '2.0.0',
        dev: true,
        optionalDependencies: { '@tool/cli-linux-x64-musl': '2.0.0', '@tool/cli-win32-arm64': '2.0.0' },
      },
    });
    expect(missingEntries(lock)).toEqual([
      {
        path: 'node_modules/@tool/cli-linux-x64-musl',
        entry: { version: '2.0.0', dev: true, optional: true, os: ['linux'], cpu: ['x64'], libc: ['musl'] },
      },
      {
        path: 'node_modules/@tool/cli-win32-arm64',
        entry: { version: '2.0.0', dev: true, optional: true, os: ['win32'], cpu: ['arm64'] },
      },
    ]);
  });

  test('is not missing when an entry lies beside its dependant or above it', () => {
    const lock = lockOf({
      'node_modules/a': { optionalDependencies: { 'x-linux-x64': '1.0.0', 'y-linux-x64': '1.0.0' } },
      'node_modules/a/node_modules/x-linux-x64': { version: '1.0.0' },
      'node_modules/y-linux-x64': { version: '1.0.0' },
      'node_modules/a/node_modules/b': { optionalDependencies: { 'x-linux-x64': '1.0.0' } },
    });
    expect(missingEntries(lock)).toEqual([]);
  });

  test('lies below its dependant when another version has the place above', () => {
    const lock = lockOf({
      'node_modules/a': { optionalDependencies: { 'x-darwin-arm64': '1.0.0' } },
      'node_modules/b': { optionalDependencies: { 'x-darwin-arm64': '2.0.0' } },
    });
    expect(missingEntries(lock).map(({ path, entry }) => [path, entry.version])).toEqual([
      ['node_modules/x-darwin-arm64', '1.0.0'],
      ['node_modules/b/node_modules/x-darwin-arm64', '2.0.0'],
    ]);
  });

  test('is refused when its version is a range or its name tells no platform', () => {
    const range = lockOf({ 'node_modules/a': { optionalDependencies: { 'x-linux-x64': '^1.0.0' } } });
    expect(() => missingEntries(range)).toThrow('x-linux-x64@^1.0.0 (of node_modules/a) is not an exact version');
    const nameless = lockOf({ 'node_modules/a': { optionalDependencies: { speedup: '1.0.0' } } });
    expect(() => missingEntries(nameless)).toThrow('the name of speedup does not tell its operating system');
  });
});

test('the committed lock is complete for every platform and names no registry', () => {
  const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as Lock;
  expect(missingEntries(lock)).toEqual([]);
  expect(entriesWithHost(lock)).toEqual([]);
});

test('an entry that names its registry is found', () => {
  const lock = lockOf({ 'node_modules/a': { resolved: 'https://registry.example/a.tgz' }, 'node_modules/b': {} });
  expect(entriesWithHost(lock)).toEqual(['node_modules/a']);
});
