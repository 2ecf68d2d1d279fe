import { describe, expect, onTestFinished, test } from 'vitest';
import { createTidewire } from '../../src/client/client.ts';
import { type SseOptions, sseTransport } from '../../src/client/sse.ts';
import { CuttableProxy } from '../support/proxy.ts';
import { publishTrades, resumingExam } from '../support/resuming.ts';
import { eventually, testServer } from '../support/server.ts';

const TRADES = 'subscription { trades(filter: {symbols: ["A"]}) { tradeId } }';

function follow(url: string, options: Partial<SseOptions> = {}, query = TRADES) {
  const tidewire = createTidewire({ url: '', transport: sseTransport({ url: `${url}/graphql`, ...options }) });
  onTestFinished(() => tidewire.close());
  const ids: string[] = [];
  const statuses: string[] = [];
  const errors: (string | null)[] = [];
  const subscription = tidewire.subscribe<{ trades: { tradeId: string } }>(
    query,
    {},
    {
      next: ({ trades }) => ids.push(trades.tradeId),
      status: (status) => statuses.push(status),
      error: ({ code }) => errors.push(code),
    },
  );
  return { ids, statuses, errors, subscription, isLive: () => subscription.status.value === 'live' };
}

describe('over server-sent events', () => {
  test('a stream loses nothing and repeats nothing when it is cut', async () => {
    const { url, bus } = await testServer();
    const proxy = await CuttableProxy.to(url);
    const { ids, isLive, statuses } = follow(proxy.url);
    await resumingExam(bus, proxy, ids, isLive);
    expect(statuses).toEqual(['live', 'stale', 'resuming', 'live']);
  });

  test('comes back with the last id, and with a token that is asked for each time', async () => {
    const { url, bus } = await testServer();
    const proxy = await CuttableProxy.to(url);
    const requests: Headers[] = [];
    let tokens = 0;
    const { ids, isLive, errors } = follow(proxy.url, {
      fetch: (input, init) => {
        requests.push(new Headers(init?.headers));
        return fetch(input, init);
      },
      token: () => (++tokens === 1 ? null : 'not a token'),
    });
    await eventually('it is live', isLive);
    await publishTrades(bus, [1]);
    await eventually('it is there', () => ids.length === 1);
    proxy.cut();
    proxy.mend();
    await eventually('it is refused: renewing brought nothing better', () => errors.length > 0);
    expect(errors).toEqual(['UNAUTHENTICATED']);
    expect(requests[0]?.get('last-event-id')).toBeNull();
    expect(Buffer.from(requests[1]?.get('last-event-id') ?? '', 'base64url').toString()).toMatch(/^trades:.+:1$/);
    expect(requests[1]?.get('authorization')).toBe('Bearer not a token');
  });

  test('a stream on which nothing comes any more is opened anew', async () => {
    const { url, bus } = await testServer({ heartbeatIntervalMs: 100 });
    const proxy = await CuttableProxy.to(url);
    const { ids, isLive } = follow(proxy.url, { silenceMs: 1_000 });
    await eventually('it is live', isLive);
    proxy.freeze();
    await publishTrades(bus, [1]);
    await eventually('it is there', () => ids.length > 0);
    expect(ids).toEqual(['1']);
  });

  test('what is refused ends it, and what completes leaves nothing open', async () => {
    const { url, status } = await testServer();
    const { errors } = follow(url, {}, 'subscription { nothing }');
    await eventually('it is refused', () => errors.length > 0);
    const { subscription, isLive } = follow(url);
    await eventually('it is live', isLive);
    subscription.unsubscribe();
    await eventually('nothing is open', async () => (await status())['subscriptions'] === 0);
    expect(errors).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });
});
