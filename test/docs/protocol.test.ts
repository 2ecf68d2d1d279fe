import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { topics } from '../../src/bus/topics.ts';
import { ERROR_CODES } from '../../src/lib/errors.ts';

const text = readFileSync('PROTOCOL.md', 'utf8');
const onOneLine = (source: string) => source.replaceAll(/\s+/g, ' ');

describe('PROTOCOL.md', () => {
  test('names tests that there are, by words of their titles', () => {
    const tests = onOneLine(
      globSync('test/**/*.ts')
        .map((file) => readFileSync(file, 'utf8'))
        .join('\n'),
    );
    const named = [...text.matchAll(/\*\(([\s\S]*?)\)\*/g)].flatMap(([, note = '']) => [
      ...onOneLine(note).matchAll(/"([^"]+)"/g),
    ]);
    expect(named.length).toBeGreaterThan(20);
    for (const [, title = ''] of named)
      for (const part of title.split('...')) expect(tests.includes(part.trim()), title).toBe(true);
  });

  test('says of each error code what a client does', () => {
    expect(ERROR_CODES.filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
  });

  test('lists the topics that are durable', () => {
    const [, list = ''] = /Durable topics \(([^)]*)\)/.exec(onOneLine(text)) ?? [];
    const durable = Object.values(topics).filter((topic) => topic.kind === 'event' && 'durable' in topic);
    expect([...list.matchAll(/`(\w+)`/g)].map(([, name]) => name).toSorted()).toEqual(
      durable.map(({ name }) => name).toSorted(),
    );
  });
});
