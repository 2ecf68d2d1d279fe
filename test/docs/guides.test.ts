import { readFileSync } from 'node:fs';
import { Kind, parse } from 'graphql';
import { expect, test } from 'vitest';
import { snippetsOf } from './markdown.ts';

const PAGE = 'docs/guides/moving.md';

test('every operation that replaces a message of a raw API is named in a table', () => {
  const names = snippetsOf(PAGE)
    .filter(({ language }) => language === 'graphql')
    .map(({ text }) => {
      const [definition] = parse(text).definitions;
      return definition?.kind === Kind.OPERATION_DEFINITION ? (definition.name?.value ?? '') : '';
    });
  expect(names.length).toBeGreaterThanOrEqual(21);
  const cells = new Set([...readFileSync(PAGE, 'utf8').matchAll(/\| `(\w+)`/g)].map(([, name]) => name));
  expect(names.filter((name) => !cells.has(name))).toEqual([]);
});
