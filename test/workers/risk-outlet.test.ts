import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { RiskEngine } from '../../src/engines/risk/risk-engine.ts';
import { decimal } from '../../src/lib/decimal.ts';
import { ALL_OWNERS } from '../../src/model/owner-share.ts';
import { FailureLog } from '../../src/workers/failure-log.ts';
import { RiskOutlet } from '../../src/workers/risk/risk-outlet.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { spotPosition } from '../support/positions.ts';
import { silentLog } from '../support/server.ts';
import { RecordingBus } from './recording-bus.ts';

const OWNER = '0x00000000000000000000000000000000000000A1';
const POSITIONS = 100;
const INTERVAL_MS = 1_000;

/** Many positions of one owner, told every second to a bus that notes what it is given. */
function stage() {
  const [clock, bus, engine] = [new FakeClock(), new RecordingBus(), new RiskEngine({})];
  for (let number = 0; number < POSITIONS; number++)
    engine.process({ kind: 'loaded', position: spotPosition(`p${number}`, OWNER), warningLevel: 0 });
  const outlet = new RiskOutlet({
    engine,
    bus,
    clock,
    failures: new FailureLog('could not be told', clock, silentLog),
    share: ALL_OWNERS,
    positionIntervalMs: INTERVAL_MS,
    liquidationIntervalMs: INTERVAL_MS,
  });
  outlet.start();
  const priced = (price: string) =>
    engine.process({
      kind: 'price',
      symbol: spotPosition('p', OWNER).symbol,
      price: decimal(price),
      confidence: null,
      volatilityPct: 50,
      stale: false,
      timestamp: clock.now(),
      receivedAt: clock.now(),
    });
  const told = (topic: string) => bus.published.filter((publish) => publish.topic === topic);
  return { clock, bus, outlet, priced, told };
}

/** Turns of the event loop: more than all positions need. */
async function turns(): Promise<void> {
  for (let number = 0; number < POSITIONS; number++) await turn();
}

test('positions are told in parts, others having their turn between two, and each once', async () => {
  const { clock, bus, priced, told } = stage();
  priced('100');
  await clock.advance(INTERVAL_MS);
  expect(bus.published.length).toBeGreaterThan(0);
  expect(bus.published.length).toBeLessThan(POSITIONS);
  await turns();
  const keys = told('positionValue').map(({ key }) => key);
  expect(keys).toHaveLength(POSITIONS);
  expect(new Set(keys).size).toBe(POSITIONS);
  expect(told('positions')).toHaveLength(1);
});

test('what changes while they are still being told is told with the next flush, its newest value last', async () => {
  const { clock, priced, told } = stage();
  priced('100');
  await clock.advance(INTERVAL_MS);
  priced('200');
  await clock.advance(INTERVAL_MS);
  await turns();
  priced('300');
  await clock.advance(INTERVAL_MS);
  await turns();
  const last = new Map(told('positionValue').map(({ key, value }) => [key, value]));
  expect(last.size).toBe(POSITIONS);
  for (const value of last.values()) expect(value).toMatchObject({ valueUsd: '300' });
  expect(told('positionValue').length).toBeLessThanOrEqual(3 * POSITIONS);
});

test('nothing is told after the stop, also where some were still to be told', async () => {
  const { clock, bus, outlet, priced } = stage();
  priced('100');
  await clock.advance(INTERVAL_MS);
  const before = bus.published.length;
  outlet.stop();
  await turns();
  expect(bus.published).toHaveLength(before);
});
