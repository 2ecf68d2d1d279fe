import { expect, onTestFinished, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { Instruments } from '../../src/store/instruments.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { eventually, silentLog } from '../support/server.ts';

const instrument = (symbol: string) => ({
  symbol,
  kind: 'SPOT' as const,
  venue: 'test',
  primarySource: 'test',
  base: symbol,
  quote: 'USDT',
});

test('a name is refused once the workers of a start have all had time to tell theirs', async () => {
  const clock = new FakeClock();
  const bus = createMemoryBus({ clock, log: silentLog });
  onTestFinished(() => bus.close());
  const instruments = new Instruments(bus, clock, silentLog, 3_000);
  instruments.start();
  onTestFinished(() => instruments.stop());
  const check = () => instruments.check(['B'], 'symbol');
  expect(check).not.toThrow();
  await bus.publishState(topics.instruments, instrument('A'));
  await eventually('the first is heard', () => instruments.get('A') !== null);
  // Somebody who comes back to a system that has just started again is not sent away for good.
  expect(check).not.toThrow();
  await clock.advance(2_999);
  expect(check).not.toThrow();
  await clock.advance(1);
  expect(check).toThrow('No instrument is called "B"');
  await bus.publishState(topics.instruments, instrument('B'));
  await eventually('the second is heard', () => instruments.get('B') !== null);
  expect(check).not.toThrow();
});
