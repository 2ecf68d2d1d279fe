import { expect, onTestFinished, test } from 'vitest';
import { topics } from '../../src/bus/topics.ts';
import { createTidewire } from '../../src/client/client.ts';
import { Tokens } from '../../src/server/identity/tokens.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { ALICE } from '../support/owner-schema.ts';
import { alert } from '../support/positions.ts';
import { freshDatabase } from '../support/postgres.ts';
import { socketUrl } from '../support/resuming.ts';
import { eventually, SERVER_OPTIONS, testServer } from '../support/server.ts';

/** The client waits so long in earnest, less the margin: the server's clock moves only when the test says so. */
const FIRST_LIFE_MS = 2_000;
const NEXT_LIFE_MS = 600_000;

test('a token that ends under live subscriptions is renewed in time, by the clock of the server: nothing is lost', async () => {
  // Months from the client's own clock.
  const clock = new FakeClock();
  const { url, bus } = await testServer({ database: await freshDatabase(), clock, heartbeatTimeoutMs: 3_600_000 });
  const tokens = new Tokens(SERVER_OPTIONS.tokens, clock);
  let asked = 0;
  const newToken = async () => {
    const lifeMs = ++asked === 1 ? FIRST_LIFE_MS : NEXT_LIFE_MS;
    return (await tokens.sign({ userId: 'alice', addresses: [ALICE] }, ['read', 'write'], lifeMs)).token;
  };
  const losses: unknown[] = [];
  const tidewire = createTidewire({
    url: socketUrl(url),
    token: newToken,
    onConnectionLost: (loss) => losses.push(loss),
  });
  onTestFinished(() => tidewire.close());

  const ends: (string | null)[] = [];
  tidewire.subscribe<{ session: { expiresAt: string | null } }>('subscription { session { expiresAt } }', {}, (data) =>
    ends.push(data.session.expiresAt),
  );
  const values: string[] = [];
  const { status } = tidewire.subscribe<{ alerts: { currentValue: string } }>(
    'subscription { alerts { currentValue } }',
    {},
    ({ alerts }) => values.push(alerts.currentValue),
  );
  const raise = (number: number) => bus.publishEvent(topics.alerts, alert(String(number), ALICE, number));
  const firstEnd = clock.now() + FIRST_LIFE_MS;
  await eventually('it is live', () => status.value === 'live');
  await raise(1);
  await eventually('the session is renewed', () => ends.length > 1);
  expect(ends.map((end) => Date.parse(end ?? ''))).toEqual([firstEnd, clock.now() + NEXT_LIFE_MS]);
  await raise(2);
  await clock.advance(120_000);
  await raise(3);
  await eventually('all are there', () => values.length >= 3);
  expect([values, losses, asked, status.value]).toEqual([['1', '2', '3'], [], 2, 'live']);
});
