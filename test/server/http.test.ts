import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { auditServer } from 'graphql-http';
import { describe, expect, test } from 'vitest';
import { topics } from '../../src/bus/topics.ts';
import { eventually, query, testServer } from '../support/server.ts';

describe('GraphQL over HTTP', () => {
  test('passes every audit of the specification', async () => {
    const { url } = await testServer();
    const results = await auditServer({ url: `${url}/graphql`, fetchFn: fetch });
    expect(results.length).toBeGreaterThan(60);
    expect(
      results.flatMap((result) => (result.status === 'ok' ? [] : `${result.id} ${result.name}: ${result.reason}`)),
    ).toEqual([]);
  });

  test('answers a subscription without a streaming Accept with 406 and what would do', async () => {
    const { url } = await testServer();
    for (const document of [
      'subscription { prices { id } }',
      'subscription ($x: Boolean!) { prices @skip(if: $x) { id } }',
    ]) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ query: document, variables: { x: true } }),
      });
      const body = (await response.json()) as { errors: { message: string; extensions: { code: string } }[] };
      if (document.includes('@skip')) expect(body.errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
      else {
        expect(response.status).toBe(406);
        expect(body.errors[0]?.message).toMatch(/text\/event-stream/);
      }
    }
  });

  test('tells what the caller did wrong, and hides what we did', async () => {
    const { url } = await testServer();
    const wrong = await query(url, '{ recentTrades(symbol: "A", last: 1000) { id } }');
    expect(wrong.errors?.[0]).toMatchObject({
      extensions: { code: 'BAD_USER_INPUT', argument: 'last', allowed: '1 to 500' },
    });
    const deep = await query(url, `{${'a{'.repeat(5_000)}`);
    expect(deep.errors?.[0]?.extensions['code']).toBe('GRAPHQL_PARSE_FAILED');
  });

  test.each([
    ['what is no GraphQL', '{ serverTim', 'GRAPHQL_PARSE_FAILED'],
    ['what the schema does not have', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a wrong variable', 'query ($n: Int!) { recentTrades(symbol: "A", last: $n) { id } }', 'BAD_USER_INPUT'],
    ['a wrong argument', '{ recentTrades(symbol: "A", last: 1000) { id } }', 'BAD_USER_INPUT'],
    ['no document', '', 'GRAPHQL_PARSE_FAILED'],
  ])('tells of %s by code, place, request and time', async (_what, text, code) => {
    const { url } = await testServer();
    const { errors } = await query(url, text, { n: 'x' });
    expect(errors?.[0]?.extensions).toEqual(
      expect.objectContaining({ code, requestId: expect.any(String), timestamp: expect.any(String) }),
    );
    if (text !== '') expect(errors?.[0]).toHaveProperty('locations');
  });

  test.each(['variables', 'extensions'])('a GET with %s that are no JSON is told so', async (name) => {
    const { url } = await testServer();
    const answer = await fetch(`${url}/graphql?${new URLSearchParams({ query: '{ serverTime }', [name]: '{x' })}`);
    const { errors } = (await answer.json()) as { errors: { extensions: Record<string, unknown> }[] };
    expect([answer.status, errors[0]?.extensions['argument']]).toEqual([400, name]);
  });

  test('every answer says that it is data, is not to be framed, and tells nobody where it was read', async () => {
    const { url } = await testServer();
    const ask = (accept: string, path = '/graphql') => fetch(`${url}${path}`, { headers: { accept } });
    const stream = await ask(
      'text/event-stream',
      `/graphql?query=${encodeURIComponent('subscription { prices { id } }')}`,
    );
    const answers = [await ask('application/json'), await ask('*/*', '/status'), await ask('text/html'), stream];
    for (const { headers } of answers) {
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.has('x-powered-by')).toBe(false);
    }
    await stream.body?.cancel();
  });

  test.each(['variables', 'extensions'])('answers a GET whose %s are no JSON with 400', async (argument) => {
    const { url } = await testServer();
    const response = await fetch(`${url}/graphql?query={serverTime}&${argument}=%7B`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [{ message: `${argument} is not JSON.`, extensions: { code: 'BAD_USER_INPUT', argument } }],
    });
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded; charset=utf-8', 'multipart/form-data; boundary=x', ''])(
    'answers a POST that any page may send with 415, and does nothing: %s',
    async (type) => {
      const { url } = await testServer();
      const body = type.includes('urlencoded') ? 'query={serverTime}' : '{"query":"{ serverTime }"}';
      const headers = { 'content-type': type, accept: 'application/json' };
      const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: Buffer.from(body) });
      expect(response.status).toBe(415);
      expect(await response.json()).toMatchObject({
        errors: [{ extensions: { code: 'BAD_USER_INPUT', argument: 'Content-Type', allowed: 'application/json' } }],
      });
    },
  );

  test.each(['a b', '[', 'x:99999'])('answers a request whose Host is none with 400: %s', async (host) => {
    const { url } = await testServer();
    const { port, hostname } = new URL(url);
    const socket = createConnection(Number(port), hostname);
    socket.end(`GET /graphql?query={serverTime} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 [\s\S]*"argument":"Host"/);
  });

  test('shows GraphiQL to a browser, without anything from elsewhere', async () => {
    const { url } = await testServer();
    const page = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(200);
    const html = await page.text();
    expect(html).toContain('graphiql');
    expect(html).not.toMatch(/(src|href)="https?:\/\//);
  });
});

describe('health', () => {
  test('is live, ready and has a status', async () => {
    const { url } = await testServer();
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect(await (await fetch(`${url}/status`)).json()).toMatchObject({
      connections: 0,
      subscriptions: 0,
      status: 'DOWN',
    });
  });

  test.each(['/health/live', '/health/ready', '/status', '/metrics', '/llms.txt', '/', '/nothing'])(
    'of a request to %s its id is told as of one to the API: its own, or a new one',
    async (path) => {
      const { url } = await testServer();
      const ask = async (headers: Record<string, string>) =>
        (await fetch(`${url}${path}`, { headers, redirect: 'manual' })).headers.get('x-request-id');
      expect(await ask({ 'x-request-id': 'probe-1' })).toBe('probe-1');
      const made = await ask({});
      expect(made).toMatch(/^[\w-]{16,}$/);
      expect(await ask({})).not.toBe(made);
    },
  );

  test('of a feed that works is HEALTHY, of one that stops reporting DOWN', async () => {
    const { url, bus } = await testServer();
    const report = {
      name: 'feed:test',
      status: 'HEALTHY',
      message: '',
      startedAt: 1,
      lastUpdate: 2,
      errorCount: 0,
      recoveries: 0,
    } as const;
    await bus.publishState(topics.components, { ...report, reportedAt: Date.now() });
    await eventually(
      'healthy',
      async () =>
        (await query<{ systemStatus: { status: string } }>(url, '{ systemStatus { status } }')).data?.systemStatus
          .status === 'HEALTHY',
    );
    await bus.publishState(topics.components, {
      ...report,
      status: 'DEGRADED',
      message: 'out of step: A',
      reportedAt: Date.now(),
    });
    await eventually(
      'degraded',
      async () =>
        (
          await query<{ systemStatus: { message: string } }>(url, '{ systemStatus { message } }')
        ).data?.systemStatus.message.includes('out of step') ?? false,
    );
  });
});
