import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ApiError } from '../../src/client/errors.ts';
import { resumable } from '../../src/client/resumable.ts';
import { type Restart, ResumingSubscription } from '../../src/client/subscription.ts';
import type { TransportSink, WireOperation } from '../../src/client/transport.ts';

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

/** A subscription over a transport that does as the test says: what was sent, each time, and the newest sink. */
function scripted(query = 'subscription { trades(last: 5) { price } }', renew?: () => Promise<boolean>) {
  const sent: Record<string, unknown>[] = [];
  const restarts: Restart[] = [];
  const errors: (string | null)[] = [];
  const data: unknown[] = [];
  const plan = resumable(query);
  const operation: WireOperation = { query: plan.query, variables: { ...plan.variables } };
  let sink: TransportSink | undefined;
  const transport = {
    start: (started: WireOperation, given: TransportSink) => {
      sent.push({ ...started.variables });
      sink = given;
      given.sent();
      return () => undefined;
    },
    ...(renew && { renew }),
  };
  const subscription = new ResumingSubscription(transport, operation, plan, {
    next: (result) => data.push(result.data),
    restarted: (restart) => restarts.push(restart),
    error: ({ code }) => errors.push(code),
  });
  subscription.start();
  const fail = (code: string, more: Omit<ApiError['extensions'], 'code'> = {}) =>
    sink?.failed([{ message: code, extensions: { code, ...more } }]);
  return { sent, restarts, errors, data, subscription, fail, sink: () => sink as TransportSink };
}

/** Longer than any pause. */
const LONG_MS = 40_000;

describe('a subscription that the server ends', () => {
  test('SLOW_CONSUMER: goes on after the cursor that it names, at once, and says so', async () => {
    const { sent, restarts, fail } = scripted();
    fail('SLOW_CONSUMER', { resumeCursor: 'c9' });
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual([{ tidewireLast: 5 }, { tidewireLast: null, tidewireAfter: 'c9' }]);
    expect(restarts).toMatchObject([{ code: 'SLOW_CONSUMER', lost: false }]);
  });

  test('CURSOR_EXPIRED: begins as it did at first, and says that something is lost', async () => {
    const { sent, restarts, fail, sink } = scripted();
    sink().progress('c1');
    sink().live();
    fail('CURSOR_EXPIRED');
    await vi.advanceTimersByTimeAsync(0);
    expect(sent.at(-1)).toEqual({ tidewireLast: 5, tidewireAfter: null });
    expect(restarts).toMatchObject([{ code: 'CURSOR_EXPIRED', lost: true }]);
  });

  test('FORBIDDEN for its cursor alone: throws the cursor away; for anything else it is over', async () => {
    const { sent, errors, fail, sink } = scripted();
    sink().progress('c1');
    fail('FORBIDDEN', { argument: 'after' });
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect([sent.length, sent.at(-1)?.['tidewireAfter'], errors]).toEqual([2, null, []]);
    fail('FORBIDDEN', { argument: 'filter.owner' });
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect([sent.length, errors]).toEqual([2, ['FORBIDDEN']]);
  });

  test('UNAVAILABLE, RATE_LIMITED: tries again for ever, not sooner than it was told, with growing pauses', async () => {
    const { sent, errors, fail } = scripted();
    fail('RATE_LIMITED', { retryAfterMs: 7_000 });
    await vi.advanceTimersByTimeAsync(6_999);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toHaveLength(2);
    for (let attempt = 0; attempt < 20; attempt++) {
      fail('UNAVAILABLE');
      await vi.advanceTimersByTimeAsync(LONG_MS);
    }
    expect([sent.length, errors]).toEqual([22, []]);
    fail('UNAVAILABLE');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent).toHaveLength(22);
  });

  test('INTERNAL_SERVER_ERROR: goes on after what failed, five times, until it has been live between', async () => {
    const { sent, errors, restarts, fail, sink } = scripted();
    for (let attempt = 0; attempt < 5; attempt++) {
      fail('INTERNAL_SERVER_ERROR', { resumeCursor: `c${attempt}` });
      await vi.advanceTimersByTimeAsync(LONG_MS);
    }
    expect(sent.at(-1)).toMatchObject({ tidewireAfter: 'c4' });
    expect(restarts).toHaveLength(5);
    sink().live();
    for (let attempt = 0; attempt < 6; attempt++) {
      fail('INTERNAL_SERVER_ERROR');
      await vi.advanceTimersByTimeAsync(LONG_MS);
    }
    expect([sent.length, errors]).toEqual([11, ['INTERNAL_SERVER_ERROR']]);
  });

  test('UNAUTHENTICATED: renews once, and ends when that did not help', async () => {
    const renew = vi.fn(() => Promise.resolve(true));
    const { sent, errors, fail } = scripted(undefined, renew);
    fail('UNAUTHENTICATED');
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toHaveLength(2);
    fail('UNAUTHENTICATED');
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect([sent.length, renew.mock.calls.length, errors]).toEqual([2, 1, ['UNAUTHENTICATED']]);
  });

  test('errors in the last frame end it, as over HTTP', () => {
    const { errors, data, sink } = scripted();
    sink().next({ data: null, errors: [{ message: 'no', extensions: { code: 'NOT_FOUND' } }] });
    expect([errors, data]).toEqual([['NOT_FOUND'], []]);
  });

  test('nothing is tried again for somebody who has left', async () => {
    const { sent, subscription, fail } = scripted();
    fail('UNAVAILABLE');
    subscription.unsubscribe();
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect([sent.length, subscription.status.value]).toEqual([1, 'closed']);
  });
});

describe('a mutation', () => {
  test('that was sent is not sent again over another connection: it may have been carried out', () => {
    const { errors, sink } = scripted('mutation { signOut { signedOut } }');
    sink().lost();
    expect(errors).toEqual([null]);
  });
});
