import { expect, test } from 'vitest';
import { query, testServer } from '../support/server.ts';
import { WireClient } from '../support/wire-client.ts';

test('a server on which subscriptions are switched off refuses each on every transport, and answers queries', async () => {
  const { url } = await testServer({ subscriptionsEnabled: false });
  const client = await WireClient.connect(url);
  client.subscribe('s', 'subscription { systemStatus { status } }');
  const refused = await client.take(({ id }) => id === 's');
  expect(refused).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'UNAVAILABLE' } }] });
  client.subscribe('q', '{ serverTime }');
  expect(await client.next('q')).toEqual({ serverTime: expect.any(String) });
  for (const accept of ['text/event-stream', 'multipart/mixed;subscriptionSpec="1.0"']) {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ query: 'subscription { systemStatus { status } }' }),
    });
    expect(await response.text(), accept).toContain('"code":"UNAVAILABLE"');
  }
  expect((await query(url, '{ serverTime }')).errors).toBeUndefined();
  await client.close();
});
