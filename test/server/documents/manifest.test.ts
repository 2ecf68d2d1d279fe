import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { readManifest } from '../../../src/server/documents/manifest.ts';

const TEXT = 'query Now { serverTime }';
const HASH = createHash('sha256').update(TEXT).digest('hex');

test('a manifest gives documents by their hashes, with or without the name of the algorithm', () => {
  const expected = new Map([[HASH, TEXT]]);
  expect(readManifest(JSON.stringify({ [HASH]: TEXT }))).toEqual(expected);
  expect(readManifest(JSON.stringify({ [`sha256:${HASH.toUpperCase()}`]: TEXT }))).toEqual(expected);
});

test.each([
  ['no JSON', '{'],
  ['a list', '[]'],
  ['a document that is no text', JSON.stringify({ [HASH]: 5 })],
  ['a hash of another algorithm', JSON.stringify({ [createHash('sha1').update(TEXT).digest('hex')]: TEXT })],
  ['the hash of another document', JSON.stringify({ [HASH]: `${TEXT} ` })],
])('%s is no manifest', (_what, text) => {
  expect(() => readManifest(text)).toThrow(expect.objectContaining({ name: 'ManifestError' }));
});
