import { beforeEach, describe, expect, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { StateHub } from '../../src/cohorts/state-hub.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { type Added, type Tally, tallies } from '../contracts/bus-topics.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { type HeldBus, heldBus } from '../support/held-bus.ts';
import { silentLog } from '../support/server.ts';
import { quietly, until } from '../support/until.ts';

describe('a hub of latest values', () => {
  let bus: HeldBus;
  let hub: StateHub<Tally, Added>;
  const total = (key: string) => hub.current(key)?.value?.total;

  beforeEach(() => {
    bus = heldBus(createMemoryBus({ clock: systemClock, log: silentLog }));
    hub = new StateHub(tallies, bus, new FakeClock(), silentLog);
  });

  test('has a key that is wanted while all of the topic is being read', async () => {
    await bus.publishState(tallies, { name: 'x', total: 1 });
    bus.hold();
    const all = hub.want(null);
    await until('all is being read', () => bus.waiting === 1);
    let there = false;
    const one = hub.want(['x']).then((release) => {
      there = true;
      return release;
    });
    await quietly();
    expect(there).toBe(false);
    bus.release();
    await Promise.all([all, one]);
    expect(total('x')).toBe(1);
  });

  test('has a key that is wanted while somebody else has it read', async () => {
    await bus.publishState(tallies, { name: 'x', total: 1 });
    bus.hold();
    const both = [hub.want(['x']), hub.want(['x'])];
    await until('it is being read', () => bus.waiting > 0);
    await bus.publishState(tallies, { name: 'x', total: 3 }, { more: 2 });
    bus.release();
    await Promise.all(both);
    expect(total('x')).toBe(3);
  });

  test('folds every change into the value that it follows, and reads anew when one is missing', async () => {
    const totals: (number | undefined)[] = [];
    hub.listen(({ value }) => totals.push(value?.total));
    await bus.publishState(tallies, { name: 'x', total: 1 });
    await hub.want(['x']);
    await bus.publishState(tallies, { name: 'x', total: 3 }, { more: 2 });
    bus.breakLive();
    await bus.publishState(tallies, { name: 'x', total: 10 }, { more: 7 });
    bus.mendLive();
    await bus.publishState(tallies, { name: 'x', total: 11 }, { more: 1 });
    await quietly();
    expect(totals).toEqual([1, 3, 11]);
  });

  test('lets go of keys that nobody wants any more', async () => {
    await bus.publishState(tallies, { name: 'x', total: 1 });
    const [one, two] = [await hub.want(['x']), await hub.want(['x'])];
    one();
    expect(total('x')).toBe(1);
    two();
    expect(total('x')).toBeUndefined();
    const all = await hub.want(null);
    expect(total('x')).toBe(1);
    all();
    expect(total('x')).toBeUndefined();
  });
});
