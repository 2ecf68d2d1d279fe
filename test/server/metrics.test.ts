import { expect, test } from 'vitest';
import { topics } from '../../src/bus/topics.ts';
import { trade } from '../support/market.ts';
import { eventually, query, testServer } from '../support/server.ts';
import { WireClient } from '../support/wire-client.ts';

/** Samples by name and labels, as Prometheus reads them. */
async function scrape(url: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get('content-type')).toContain('text/plain');
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

test('what a process counts stands at /metrics: connections, deliveries, executions saved, errors, refusals, ends', async () => {
  const server = await testServer({ allowedOrigins: ['https://ours.example'] });
  const before = (await scrape(server.url)).get('tidewire_errors_total{code="GRAPHQL_VALIDATION_FAILED"}') ?? 0;
  const clients = [await WireClient.connect(server.url), await WireClient.connect(server.url)];
  for (const client of clients) {
    client.subscribe('a', 'subscription { trades { tradeId } }');
    await client.live('a');
  }
  for (let n = 1; n <= 10; n++) await server.bus.publishEvent(topics.trades, trade('BTCUSDT', n));
  for (const client of clients) for (let n = 1; n <= 10; n++) await client.next('a');
  await query(server.url, '{ nothing }');
  await WireClient.refused(server.url, { origin: 'https://theirs.example' });
  const third = await WireClient.connect(server.url);
  await third.close();
  // A scrape is kept for a second.
  let found = await scrape(server.url);
  await eventually('a newer scrape', async () => {
    found = await scrape(server.url);
    return found.get('tidewire_deliveries_total') === 20;
  });
  expect(found.get('tidewire_executions_saved_total')).toBe(10);
  expect(found.get('tidewire_connections')).toBe(2);
  expect(found.get('tidewire_subscriptions{topic="trades"}')).toBe(2);
  expect(found.get('tidewire_errors_total{code="GRAPHQL_VALIDATION_FAILED"}')).toBe(before + 1);
  expect(found.get('tidewire_handshakes_refused_total{reason="403"}')).toBe(1);
  expect(found.get('tidewire_connection_duration_seconds_count')).toBe(1);
  expect(found.get('tidewire_join_seconds_count')).toBe(2);
  expect(found.get('tidewire_redis_seconds')).toBeLessThan(5);
  // There is no database in this test.
  expect(found.get('tidewire_postgres_seconds')).toBe(5);
  expect(found.has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
  for (const client of clients) await client.close();
  await eventually('they are gone', async () => {
    const now = await scrape(server.url);
    return now.get('tidewire_connections') === 0 && now.get('tidewire_subscriptions{topic="trades"}') === 0;
  });
});
