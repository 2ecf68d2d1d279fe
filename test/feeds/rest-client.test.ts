import { afterEach, describe, expect, test } from 'vitest';
import { RestClient } from '../../src/feeds/rest-client.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { RecordedVenue } from '../support/recorded-venue.ts';
import { syntheticRecording } from '../support/recording-synthetic.ts';
import { quietly, until } from '../support/until.ts';

const PATH = '/api/v3/depth?symbol=BTCUSDT';
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function client(limits = { burst: 1_000, perMinute: 6_000 }) {
  const venue = await RecordedVenue.start({ recordings: [syntheticRecording({ market: 'spot', steps: 1 })] });
  ends.push(() => venue.close());
  const clock = new FakeClock();
  const made = new RestClient({ base: `${venue.restUrl}/`, limits, clock });
  const get = (
    change: { readonly weight?: number; readonly signal?: AbortSignal; readonly patienceMs?: number } = {},
  ) => made.ask({ path: PATH, weight: 10, signal: new AbortController().signal, patienceMs: 3_600_000, ...change });
  return { venue, clock, get };
}

describe('asking a venue over REST', () => {
  test('a body comes as it was sent', async () => {
    const { get } = await client();
    expect(JSON.parse(await get())).toMatchObject({ lastUpdateId: 5_005 });
  });

  test.each([400, 403, 404, 500, 503])('HTTP %d is a failure with its status', async (status) => {
    const { venue, get } = await client();
    venue.refuse({ status });
    await expect(get()).rejects.toMatchObject({ name: 'RestFailure', status });
  });

  test.each([429, 418])('%d silences everything for as long as Retry-After says', async (status) => {
    const { venue, clock, get } = await client();
    venue.refuse({ status, headers: { 'retry-after': '7' }, times: 1 });
    await expect(get()).rejects.toMatchObject({ status });
    const later = get();
    await clock.advance(6_999);
    await quietly();
    expect(venue.requests.length).toBe(1);
    await clock.advance(1);
    expect(JSON.parse(await later)).toHaveProperty('lastUpdateId');
  });

  test.each([
    [429, 30_000],
    [418, 120_000],
  ])('%d without a readable Retry-After is silence for %d ms', async (status, silence) => {
    const { venue, clock, get } = await client();
    venue.refuse({ status, headers: { 'retry-after': 'soon' }, times: 1 });
    await expect(get()).rejects.toMatchObject({ status });
    const later = get();
    await clock.advance(silence - 1);
    await quietly();
    expect(venue.requests.length).toBe(1);
    await clock.advance(1);
    await later;
  });

  test('who has no patience for that silence fails at once, without a request', async () => {
    const { venue, get } = await client();
    venue.refuse({ status: 429, headers: { 'retry-after': '60' }, times: 1 });
    await expect(get()).rejects.toMatchObject({ status: 429 });
    await expect(get({ patienceMs: 5_000 })).rejects.toMatchObject({ status: null });
    expect(venue.requests.length).toBe(1);
  });

  test('weight beyond the burst waits for the rate', async () => {
    const { venue, clock, get } = await client({ burst: 20, perMinute: 600 });
    await get();
    await get();
    const third = get();
    await quietly();
    expect(venue.requests.length).toBe(2);
    await clock.advance(1_000);
    await third;
    expect(venue.requests.length).toBe(3);
  });

  test('no answer within ten seconds is a failure', async () => {
    const { venue, clock, get } = await client();
    const release = venue.holdAnswers();
    const failure = expect(get()).rejects.toMatchObject({ status: null, message: expect.stringContaining('10 s') });
    await until('the request', () => venue.requests.length === 1);
    await clock.advance(10_000);
    await failure;
    release();
    expect(clock.pending).toBe(0);
  });

  test('given up, it fails and leaves no timer, waiting or asking', async () => {
    const { venue, clock, get } = await client({ burst: 10, perMinute: 60 });
    const release = venue.holdAnswers();
    const asking = new AbortController();
    const failure = expect(get({ signal: asking.signal })).rejects.toMatchObject({ status: null });
    await until('the request', () => venue.requests.length === 1);
    asking.abort();
    await failure;
    const waiting = new AbortController();
    const other = expect(get({ signal: waiting.signal })).rejects.toMatchObject({ status: null });
    waiting.abort();
    await other;
    release();
    expect(clock.pending).toBe(0);
  });

  test('a venue that is not there is a failure that says so', async () => {
    const { venue, get } = await client();
    await venue.close();
    ends.splice(0);
    await expect(get()).rejects.toMatchObject({ status: null, message: expect.stringContaining('ECONNREFUSED') });
  });

  test('a body without end is cut off', async () => {
    const { venue, get } = await client();
    venue.refuse({ status: 200, body: 'x'.repeat(8 * 1024 * 1024 + 1) });
    await expect(get()).rejects.toMatchObject({ message: expect.stringContaining('bytes') });
  });
});
