import { beforeEach, describe, expect, test } from 'vitest';
import type { BusListener, BusRecord, EventPage } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { EventHub } from '../../src/cohorts/event-hub.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { type Cry, cries, cry, upTo } from '../contracts/bus-topics.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { type HeldBus, heldBus } from '../support/held-bus.ts';
import { silentLog } from '../support/server.ts';
import { quietly, until } from '../support/until.ts';

/** What a hub told: sequences, and `epoch` where history broke. */
function hearing(hub: EventHub<Cry>): (number | 'epoch')[] {
  const heard: (number | 'epoch')[] = [];
  hub.listen({ event: ({ sequence }) => heard.push(sequence), epochChanged: () => heard.push('epoch') });
  return heard;
}

describe('a hub on a stream', () => {
  let bus: HeldBus;
  let hub: EventHub<Cry>;
  let heard: (number | 'epoch')[];
  const publish = async (...ids: readonly number[]) => {
    for (const id of ids) await bus.publishEvent(cries, cry(id));
  };

  beforeEach(async () => {
    bus = heldBus(createMemoryBus({ clock: systemClock, log: silentLog }));
    hub = new EventHub(cries, bus, new FakeClock(), silentLog);
    heard = hearing(hub);
  });

  test('reads once more when the live path breaks again while a break is being filled', async () => {
    await hub.open();
    bus.breakLive();
    await publish(1);
    bus.hold();
    bus.restoreLive();
    await until('it is being filled', () => bus.waiting === 1);
    bus.breakLive();
    await publish(2);
    bus.restoreLive();
    bus.release();
    await quietly();
    expect(heard).toEqual([1, 2]);
  });

  test('reads once more when the live path breaks while it is being opened', async () => {
    bus.hold();
    const opening = hub.open();
    await until('it is being read', () => bus.waiting === 1);
    bus.breakLive();
    await publish(1);
    bus.restoreLive();
    bus.release();
    await opening;
    await quietly();
    expect(heard).toEqual([1]);
  });

  test('loses nothing of a torrent that comes while it reads', async () => {
    await hub.open();
    bus.breakLive();
    await publish(1);
    bus.hold();
    bus.restoreLive();
    await until('it is being filled', () => bus.waiting === 1);
    // More than is held of what is heard during a reading.
    const many = upTo(12_000).slice(1);
    await publish(...many);
    bus.release();
    await quietly();
    expect(heard).toEqual([1, ...many]);
  });

  test('reaches a position that is heard while it is looked for', async () => {
    await hub.open();
    bus.delayLive();
    await publish(1);
    bus.hold();
    const reached = hub.reach(1);
    await until('it is being looked for', () => bus.waiting === 1);
    bus.hurryLive();
    expect(heard).toEqual([1]);
    bus.release();
    expect(await reached).toBe(true);
  });

  test('reaches a position that another process has heard already, and not one that nobody has', async () => {
    await hub.open();
    bus.breakLive();
    await publish(1);
    expect(await hub.reach(1)).toBe(true);
    expect(heard).toEqual([1]);
    expect(await hub.reach(2)).toBe(false);
  });
});

describe('a hub whose stream begins a new life', () => {
  test('drops what is still on its way from the old one, and reads no more than it must', async () => {
    let page: EventPage = { epoch: 'old', head: 2, oldest: 1, records: [] };
    let reads = 0;
    let listener: BusListener | undefined;
    const bus = {
      ...heldBus(createMemoryBus({ clock: systemClock, log: silentLog })),
      readAfter: async () => {
        reads++;
        return page;
      },
      subscribe: async (_topic: unknown, listening: BusListener) => {
        listener = listening;
        return () => undefined;
      },
    };
    const hub = new EventHub(cries, bus, new FakeClock(), silentLog);
    const heard = hearing(hub);
    const record = (epoch: string, sequence: number): BusRecord => ({
      epoch,
      sequence,
      key: 'town',
      form: 'value',
      payload: JSON.stringify(cry(sequence)),
    });
    await hub.open();
    for (const sequence of [3, 4]) listener?.message(record('old', sequence));
    page = { epoch: 'new', head: 1, oldest: 1, records: [record('new', 1)] };
    listener?.restored();
    await quietly();
    expect(heard).toEqual([3, 4, 'epoch']);
    for (let sequence = 5; sequence < 1_000; sequence++) listener?.message(record('old', sequence));
    await quietly();
    listener?.message(record('new', 2));
    expect(heard).toEqual([3, 4, 'epoch', 2]);
    expect(reads).toBeLessThan(5);
  });
});
