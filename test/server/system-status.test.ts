import { describe, expect, onTestFinished, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import type { ComponentReport } from '../../src/model/component.ts';
import { SystemStatus } from '../../src/server/system-status.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { silentLog } from '../support/server.ts';

const SECOND = 1_000;
const DAY = 86_400 * SECOND;

async function stage() {
  const clock = new FakeClock();
  const shared = createMemoryBus({ clock, log: silentLog });
  const own = createMemoryBus({ clock, log: silentLog });
  const status = new SystemStatus(shared, own, clock, silentLog);
  const published: string[] = [];
  await own.subscribe(topics.systemStatus, {
    message: ({ payload }) => published.push((JSON.parse(payload) as { status: string }).status),
    restored: () => undefined,
  });
  await status.start();
  onTestFinished(() => status.stop());
  const report = (name: string, more: Partial<ComponentReport> = {}) =>
    shared.publishState<ComponentReport, ComponentReport>(topics.components, {
      name,
      status: 'HEALTHY',
      message: '',
      startedAt: clock.now(),
      lastUpdate: clock.now(),
      errorCount: 0,
      recoveries: 0,
      reportedAt: clock.now(),
      ...more,
    });
  return { clock, shared, status, published, report };
}

describe('the system status', () => {
  test('is there at once, and says that nothing has reported', async () => {
    const { status, published } = await stage();
    expect(published).toEqual(['DOWN']);
    expect(status.health().message).toContain('no feed has reported yet');
  });

  test('is HEALTHY when a feed is, DEGRADED when one of two is not, DOWN when none is', async () => {
    const { status, report } = await stage();
    await report('feed:a');
    expect(status.health()).toMatchObject({ status: 'HEALTHY', message: 'All systems operational.' });
    await report('feed:b', { status: 'DOWN', message: 'no connection' });
    expect(status.health()).toMatchObject({ status: 'DEGRADED', message: 'feed:b: no connection' });
    await report('feed:a', { status: 'DOWN' });
    expect(status.health().status).toBe('DOWN');
  });

  test('tells a component that fell silent as DOWN, pushes it, and takes it back when it speaks again', async () => {
    const { clock, status, report, published } = await stage();
    await report('feed:a');
    await clock.advance(15 * SECOND);
    expect(status.health().status).toBe('HEALTHY');
    await clock.advance(2 * SECOND);
    expect(status.health()).toMatchObject({
      status: 'DOWN',
      message: expect.stringMatching(/feed:a: has not reported for 1\d s/),
    });
    expect(published.at(-1)).toBe('DOWN');
    await report('feed:a', { recoveries: 1 });
    expect(published.at(-1)).toBe('HEALTHY');
  });

  test('forgets a component after a day of silence', async () => {
    const { clock, status, report } = await stage();
    await report('feed:gone');
    await clock.advance(DAY - SECOND);
    expect(status.health().components.map(({ name }) => name)).toContain('feed:gone');
    await clock.advance(2 * SECOND);
    expect(status.health().components.map(({ name }) => name)).not.toContain('feed:gone');
  });

  test('forgets a silent share once there is another number of shares, and not before', async () => {
    const { clock, status, report } = await stage();
    const names = () => status.health().components.flatMap(({ name }) => (name.startsWith('trading') ? [name] : []));
    await report('trading/1', { of: 2 });
    await report('trading/2', { of: 2 });
    await clock.advance(20 * SECOND);
    await report('trading/1', { of: 2 });
    await clock.advance(SECOND);
    // Its worker may have died.
    expect(names()).toEqual(['trading/1', 'trading/2']);
    await clock.advance(20 * SECOND);
    await report('trading');
    await clock.advance(SECOND);
    expect(names()).toEqual(['trading']);
    await clock.advance(20 * SECOND);
    await report('trading/1', { of: 4 });
    await clock.advance(SECOND);
    expect(names()).toEqual(['trading/1']);
  });

  test('does not take an old report that it finds for a new one', async () => {
    const clock = new FakeClock();
    const shared = createMemoryBus({ clock, log: silentLog });
    const before = {
      name: 'feed:a',
      status: 'HEALTHY',
      message: '',
      startedAt: 0,
      lastUpdate: 0,
      errorCount: 0,
      recoveries: 0,
    } as const;
    await shared.publishState<ComponentReport, ComponentReport>(topics.components, {
      ...before,
      reportedAt: clock.now() - 60 * SECOND,
    });
    const status = new SystemStatus(shared, createMemoryBus({ clock, log: silentLog }), clock, silentLog);
    await status.start();
    onTestFinished(() => status.stop());
    await clock.advance(SECOND);
    expect(status.health().status).toBe('DOWN');
  });

  test('is published again only when something has changed, or every five seconds', async () => {
    const { clock, report, published } = await stage();
    await report('feed:a');
    const count = published.length;
    await clock.advance(4 * SECOND);
    expect(published).toHaveLength(count);
    await clock.advance(SECOND);
    expect(published).toHaveLength(count + 1);
  });
});
