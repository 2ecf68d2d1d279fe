import { beforeEach, describe, expect, test } from 'vitest';
import type { BusListener } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import type { EventTopic } from '../../src/bus/topics.ts';
import { Hubs } from '../../src/cohorts/hubs.ts';
import { type Cry, cries, owner, upTo, type Whisper, whisper, whispers } from '../contracts/bus-topics.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { type HeldBus, heldBus } from '../support/held-bus.ts';
import { silentLog } from '../support/server.ts';
import { quietly, until } from '../support/until.ts';

// What a hub is given of a topic is values of that topic alone.
const unknownTopic = <V>(topic: EventTopic<V>) => topic as unknown as EventTopic<unknown>;

describe('the hubs of a process', () => {
  let bus: HeldBus;
  let hubs: Hubs;
  /** Subscriptions of the bus that are not given back. */
  let open: number;

  beforeEach(() => {
    bus = heldBus(createMemoryBus({ clock: new FakeClock(), log: silentLog }));
    open = 0;
    const counted: HeldBus = {
      ...bus,
      subscribe: async (topic, listener: BusListener) => {
        const leave = await bus.subscribe(topic, listener);
        open++;
        return () => {
          open--;
          leave();
        };
      },
    };
    hubs = new Hubs({ shared: counted, process: counted }, new FakeClock(), silentLog);
  });

  const lease = (number: number) => hubs.lease(unknownTopic<Whisper>(whispers), owner(number));

  test('are one an owner, whoever wants it and in whatever case, and one for all of a topic that is one stream', async () => {
    const [one, same, other] = [lease(10), hubs.lease(unknownTopic(whispers), owner(10).toLowerCase()), lease(2)];
    expect(same.hub).toBe(one.hub);
    expect(other.hub).not.toBe(one.hub);
    expect(hubs.event(unknownTopic<Cry>(cries))).toBe(hubs.event(unknownTopic<Cry>(cries)));
    await Promise.all([one, same, other].map(({ hub }) => hub.open()));
    expect([hubs.owned, open]).toEqual([2, 2]);
  });

  test('of an owner goes with the last who wanted it, and comes anew', async () => {
    const leases = [lease(1), lease(1)];
    await leases[0]?.hub.open();
    leases[0]?.release();
    expect([hubs.owned, open]).toEqual([1, 1]);
    leases[1]?.release();
    expect([hubs.owned, open]).toEqual([0, 0]);
    await bus.publishEvent(whispers, whisper(owner(1), 1));
    const again = lease(1);
    await again.hub.open();
    expect(again.hub.head.sequence).toBe(1);
    expect(open).toBe(1);
  });

  test('of a thousand owners leave nothing behind', async () => {
    const leases = upTo(1_000).map(lease);
    await Promise.all(leases.map(({ hub }) => hub.open()));
    expect(open).toBe(1_000);
    for (const { release } of leases) release();
    expect([hubs.owned, open]).toEqual([0, 0]);
  });

  test('that is given back while it is being opened leaves nothing behind', async () => {
    bus.hold();
    const { hub, release } = lease(1);
    const opening = hub.open().catch(() => 'gone');
    await until('it is being read', () => bus.waiting === 1);
    release();
    bus.release();
    await opening;
    await quietly();
    expect([hubs.owned, open]).toEqual([0, 0]);
    const before = lease(2);
    const early = before.hub.open();
    before.release();
    await expect(early).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await quietly();
    expect([hubs.owned, open]).toEqual([0, 0]);
  });
});
