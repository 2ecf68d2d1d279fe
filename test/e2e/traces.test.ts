import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { migratedDatabaseUrl } from '../support/postgres.ts';
import { startRole } from '../support/role.ts';
import { query, eventually as within } from '../support/server.ts';
import { type CollectedSpan, spanCollector } from '../support/span-collector.ts';
import { WireClient } from '../support/wire-client.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';

const PLACE = `mutation PlaceOne($id: String!) {
  placeOrder(input: { clientOrderId: $id, symbol: "BTCUSDT", side: BUY, type: MARKET, quantity: "0.001" }) { order { id status } }
}`;

/** Two whole processes start here, on a machine that may be doing other things. */
const eventually = (what: string, holds: () => boolean | Promise<boolean>) => within(what, holds, 180_000);

const INTERNAL = 1;
const SERVER = 2;
const CLIENT = 3;
const CONSUMER = 5;

test('a mutation is one trace, from the request over the worker of another process to what is stored of it; a subscription to its join', async () => {
  const collector = await spanCollector();
  const environment = {
    REDIS_URL: inject('redisUrl'),
    REDIS_PREFIX: `test-${randomUUID()}`,
    DATABASE_URL: await migratedDatabaseUrl(),
    FEEDS: 'simulated',
    DASHBOARD: 'false',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '100',
  };
  const [worker, api] = await Promise.all([
    startRole('worker', { ...environment, OTEL_SERVICE_NAME: 'the-worker' }),
    startRole('api', { ...environment, OTEL_SERVICE_NAME: 'the-api', OTEL_RESOURCE_ATTRIBUTES: 'deployment=test' }),
  ]);
  const traceparent = `00-${TRACE}-${CALLER}-01`;
  let placed = await query(api.url, PLACE, { id: 'one' }, { traceparent });
  // Its name is not known before the worker has begun.
  await eventually('an order is taken', async () => {
    placed = await query(api.url, PLACE, { id: 'one' }, { traceparent });
    return placed.data !== null && placed.data !== undefined;
  }).catch((error: unknown) => expect.fail(`${String(error)}: ${JSON.stringify(placed)}`));
  const ofTrace = (): readonly CollectedSpan[] => collector.spans.filter(({ traceId }) => traceId === TRACE);
  const named = (name: string) => ofTrace().find((span) => span.name === name);
  await eventually('the worker has told its part', () => named('process trading') !== undefined);

  const taken = named('process trading');
  const mutation = ofTrace().find(({ spanId }) => spanId === taken?.parentSpanId);
  const request = ofTrace().find(({ spanId }) => spanId === mutation?.parentSpanId);
  expect(request).toMatchObject({
    name: 'POST /graphql',
    kind: SERVER,
    parentSpanId: CALLER,
    attributes: { 'http.request.method': 'POST', 'http.route': '/graphql', 'url.path': '/graphql' },
    resource: { 'service.name': 'the-api', deployment: 'test' },
  });
  expect(request?.attributes['http.response.status_code']).toBe(200);
  expect(mutation).toMatchObject({
    name: 'mutation',
    kind: INTERNAL,
    attributes: { 'graphql.operation.type': 'mutation', 'graphql.operation.name': 'PlaceOne' },
  });
  expect(taken).toMatchObject({
    kind: CONSUMER,
    attributes: { 'messaging.destination.name': 'trading', 'messaging.operation.type': 'process' },
    resource: { 'service.name': 'the-worker' },
  });
  const inside = (span: CollectedSpan | undefined) =>
    ofTrace().filter(({ parentSpanId }) => parentSpanId === span?.spanId);
  // What comes of it is stored together with what comes of others: that may be part of their trace.
  const [statement] = inside(mutation).filter(({ attributes }) => attributes['db.system.name'] === 'postgresql');
  expect(statement).toMatchObject({ kind: CLIENT, attributes: { 'db.collection.name': 'StoredOrder' } });
  const parsed = ofTrace().filter(({ name }) => name === 'GraphQL parse' || name === 'GraphQL validate');
  expect(new Set(parsed.map(({ name }) => name))).toEqual(new Set(['GraphQL parse', 'GraphQL validate']));

  const client = await WireClient.connect(api.url);
  client.send({
    type: 'subscribe',
    id: 'op-1',
    payload: {
      query: 'subscription Watch { prices(filter: { symbols: ["BTCUSDT"] }) { id } }',
      extensions: { traceparent: `00-${'a'.repeat(32)}-${CALLER}-01` },
    },
  });
  for (let frame = 0; frame < 5; frame++) await client.take(({ type }) => type === 'next');
  const ofWatch = () => collector.spans.filter(({ traceId }) => traceId === 'a'.repeat(32));
  await eventually('the join is told', () => ofWatch().some(({ name }) => name === 'subscription'));
  expect(ofWatch().find(({ name }) => name === 'subscription')).toMatchObject({
    kind: SERVER,
    parentSpanId: CALLER,
    attributes: { 'graphql.operation.name': 'Watch', 'tidewire.subscription.id': 'op-1' },
  });
  const told = ofWatch().length;
  for (let frame = 0; frame < 5; frame++) await client.take(({ type }) => type === 'next');
  client.socket.close();
  expect(await api.end('SIGTERM')).toBe(0);
  expect(await worker.end('SIGTERM')).toBe(0);
  // Whatever was delivered meanwhile: the process has told all it had to tell.
  expect(ofWatch().length).toBe(told);
  const values = JSON.stringify(collector.spans.map(({ attributes }) => attributes));
  expect(values).not.toContain('0x');
  // Bots and feeds go on all the while, and nobody has asked for a trace of that.
  expect(collector.spans.filter(({ parentSpanId, kind }) => parentSpanId === '' && kind === CONSUMER)).toEqual([]);
}, 600_000);

/** A process that traces one piece of work, or none, and says what of OpenTelemetry it has loaded. */
async function traceOne(environment: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ resolve: (name, context, next) => { if (name.startsWith('@opentelemetry/')) loaded.push(name); return next(name, context); } });
    const { startTraces } = await import('./src/main/traces.ts');
    const { traced } = await import('./src/lib/tracing.ts');
    const stop = await startTraces(process.env, { info() {}, warn() {} });
    traced('outer', {}, () => traced('inner', {}, () => 1));
    await stop();
    console.log(JSON.stringify(loaded));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: process.env['PATH'], ...environment },
  });
  return JSON.parse(stdout) as readonly string[];
}

test('nothing is loaded of it unless it is asked for, and the usual variables switch it', async () => {
  const collector = await spanCollector();
  const OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
  expect(await traceOne({})).toEqual([]);
  expect(await traceOne({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: 'true' })).toEqual([]);
  expect(await traceOne({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER: 'none' })).toEqual([]);
  expect(await traceOne({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER: 'always_off' })).not.toEqual([]);
  expect(collector.spans).toEqual([]);
  expect(await traceOne({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/v1/traces` })).not.toEqual([]);
  const [inner, outer] = collector.spans;
  expect([inner?.name, outer?.name, inner?.parentSpanId]).toEqual(['inner', 'outer', outer?.spanId]);
  expect(outer?.resource['service.name']).toBe('tidewire');
}, 400_000);
