import { readFileSync } from 'node:fs';
import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { readExamples, readReceived } from '../../tools/docs/received.ts';
import { testServer } from '../support/server.ts';
import { fitted, schema } from './fits.ts';

const examples = readExamples('.');
const received = readReceived('.');

describe('what the pages say was received', () => {
  test.each([...examples])('%s: fits its example to the last field', async (name, example) => {
    const payload = received.payloads[name];
    expect(await fitted(parse(example), payload)).toEqual({ data: payload });
  });

  test('is of every subscription, and nothing else', () => {
    const fields = Object.keys(schema.getSubscriptionType()?.getFields() ?? {}).toSorted();
    expect([...examples.keys()].toSorted()).toEqual(fields);
    expect(Object.keys(received.payloads).toSorted()).toEqual(fields);
  });

  test('and an error is of its code', () => {
    for (const [code, { error }] of Object.entries(received.refusals))
      expect(error.extensions).toMatchObject({
        code,
        requestId: expect.any(String),
        timestamp: expect.stringMatching(/Z$/),
      });
  });
});

describe('llms.txt', () => {
  test('is served as it stands in the docs', async () => {
    const { url } = await testServer();
    const response = await fetch(`${url}/llms.txt`);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toBe(readFileSync('docs/llms.txt', 'utf8'));
  });

  test('tells nothing where introspection tells nothing', async () => {
    const { url } = await testServer({ introspection: false });
    expect((await fetch(`${url}/llms.txt`)).status).toBe(404);
  });
});
