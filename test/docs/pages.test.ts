import { readFileSync } from 'node:fs';
import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { ERROR_CODES } from '../../src/lib/errors.ts';
import { provokedErrors } from '../../tools/docs/provoked-errors.ts';
import { errorIn, readExamples, readReceived } from '../../tools/docs/received.ts';
import { testServer } from '../support/server.ts';
import { fitted, schema } from './fits.ts';
import { lasting } from './lasting.ts';

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

  test('of errors is one of each code', () => {
    expect(Object.keys(received.refusals).toSorted()).toEqual([...ERROR_CODES].toSorted());
    for (const [code, refusal] of Object.entries(received.refusals))
      expect(errorIn(refusal).extensions).toMatchObject({
        code,
        requestId: expect.any(String),
        timestamp: expect.stringMatching(/Z$/),
      });
  });
});

test('errors of limits and faults come as they stand on the page when they are provoked again', async () => {
  const provoked = await provokedErrors();
  expect(Object.keys(provoked)).toHaveLength(7);
  for (const [code, refusal] of Object.entries(provoked))
    expect(lasting(refusal), code).toEqual(lasting(received.refusals[code]));
}, 120_000);

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
