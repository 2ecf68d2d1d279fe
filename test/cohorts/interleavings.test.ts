import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { startServer } from '../../src/server/server.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { type HeldBus, heldBus } from '../support/held-bus.ts';
import { Crowd, type Stage, type Step, steps } from '../support/interleaving.ts';
import { Journal } from '../support/journal.ts';
import { noDatabase, SERVER_OPTIONS, silentLog } from '../support/server.ts';

/** For a longer run: `PROPERTY_RUNS=10000`, and `PROPERTY_SEED` to see one again. */
const runs = Number(process.env['PROPERTY_RUNS'] ?? 150);
const seed = Number(process.env['PROPERTY_SEED'] ?? Date.now() % 2 ** 31);

/** How long after everything is whole again all must have come, milliseconds: bounds a hang, measures nothing. */
const PATIENCE_MS = 2_000;

/** Bounds a hang, milliseconds. */
const TIMEOUT_MS = 3_600_000;

const HEARTBEAT_MS = 25_000;

/** Long enough for a loss that nobody announced to be found on a topic that stays quiet, milliseconds of the server's clock. */
const FOUND_MS = 30_000;

/** What can happen between the bus and the server. */
const DISTURBANCES: readonly ((bus: HeldBus) => void)[] = [
  (bus) => bus.breakLive(),
  (bus) => bus.mendLive(),
  (bus) => bus.restoreLive(),
  (bus) => bus.restoreLive(),
  (bus) => bus.hold(),
  (bus) => bus.release(),
  (bus) => bus.delayLive(),
  (bus) => bus.hurryLive(),
];

/** @param retentionEvents what the bus keeps; left out, everything. */
async function happen(all: readonly Step[], retentionEvents?: number): Promise<void> {
  const clock = new FakeClock();
  const memory = () => createMemoryBus({ clock: systemClock, log: silentLog });
  const shared = createMemoryBus({ clock: systemClock, log: silentLog, ...(retentionEvents && { retentionEvents }) });
  const buses = [heldBus(shared), heldBus(shared)] as const;
  const never = Number.MAX_SAFE_INTEGER;
  const patience = { heartbeatIntervalMs: HEARTBEAT_MS, heartbeatTimeoutMs: never, idleTimeoutMs: never };
  const options = { ...SERVER_OPTIONS, ...patience };
  const [one, two] = await Promise.all(
    buses.map((bus) => startServer({ shared: bus, own: memory(), database: noDatabase }, options, clock, silentLog)),
  );
  if (!one || !two) throw new Error('two were started');
  const stage: Stage = {
    urls: [one.url, two.url],
    journal: new Journal(shared),
    forgets: retentionEvents !== undefined,
    disturb: (a, b) => DISTURBANCES[a % DISTURBANCES.length]?.(buses[b % 2 === 0 ? 0 : 1]),
    pass: (ms) => clock.advance(ms),
    hearts: () => clock.advance(HEARTBEAT_MS),
    calm: async () => {
      for (const bus of buses) {
        bus.release();
        bus.hurryLive();
        bus.mendLive();
      }
      await clock.advance(FOUND_MS);
    },
  };
  const crowd = new Crowd(stage);
  try {
    for (const step of all) await crowd.step(step);
    await crowd.judge(PATIENCE_MS);
  } finally {
    crowd.leave();
    for (const bus of buses) bus.release();
    await Promise.all([one.stop(), two.stop()]);
  }
}

async function always(name: string, all: number, retentionEvents?: number): Promise<void> {
  process.stdout.write(`${name}: ${all} runs, seed ${seed}\n`);
  const property = fc.asyncProperty(steps(60), (each) => happen(each, retentionEvents));
  const result = await fc.check(property, { numRuns: all, seed, interruptAfterTimeLimit: 30_000 + 100 * all });
  expect(result.failed ? `${fc.defaultReportMessage(result)}\n${result.errorInstance}` : undefined).toBeUndefined();
}

describe('whatever happens, in whatever order,', () => {
  test('every client ends with exactly what was published under its filter', { timeout: TIMEOUT_MS }, () =>
    always('interleavings', runs),
  );

  test('every client ends with that, or is told that its position is gone', { timeout: TIMEOUT_MS }, () =>
    // Fewer than one step may publish: whoever is cut off for a moment has lost its place.
    always('interleavings with little kept', Math.ceil(runs / 3), 10),
  );
});
