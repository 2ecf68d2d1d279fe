import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { BusRecord } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { EventFollower } from '../../src/workers/event-follower.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { heldBus } from '../support/held-bus.ts';
import { trade } from '../support/market.ts';
import { silentLog } from '../support/server.ts';
import { until } from '../support/until.ts';

const numberOf = ({ payload }: BusRecord) => Number((JSON.parse(payload) as { tradeId: string }).tradeId);

function stage(retentionEvents = 100_000) {
  const clock = new FakeClock();
  const bus = heldBus(createMemoryBus({ clock, log: silentLog, retentionEvents }));
  let published = 0;
  const publish = async (count: number) => {
    for (let at = 0; at < count; at++) await bus.publishEvent(topics.trades, trade('A', ++published));
  };
  const follow = (from: { epoch: string; sequence: number } | null = null) => {
    const told: (number | 'lost')[] = [];
    const follower = new EventFollower({
      bus,
      topic: topics.trades,
      clock,
      log: silentLog,
      from,
      event: (record) => told.push(numberOf(record)),
      lost: () => told.push('lost'),
    });
    onTestFinished(() => follower.stop());
    return { follower, told };
  };
  return { clock, bus, publish, follow };
}

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, at) => first + at);

describe('who follows an event stream', () => {
  test('is told what is kept, then what comes, once and in order, over many pages', async () => {
    const { publish, follow } = stage();
    await publish(1_234);
    const { follower, told } = follow();
    await follower.start();
    expect(told).toEqual(upTo(1_234));
    await publish(3);
    expect(told).toEqual(upTo(1_237));
  });

  test('goes on after a place', async () => {
    const { bus, publish, follow } = stage();
    await publish(10);
    const { epoch } = await bus.readAfter(topics.trades, 0, 1);
    const { follower, told } = follow({ epoch, sequence: 7 });
    await follower.start();
    await publish(1);
    expect(told).toEqual([8, 9, 10, 11]);
  });

  test('is told once what was published while it read', async () => {
    const { bus, publish, follow } = stage();
    await publish(5);
    bus.hold();
    const { follower, told } = follow();
    const started = follower.start();
    await until('it reads', () => bus.waiting > 0);
    await publish(5);
    bus.release();
    await started;
    await publish(5);
    expect(told).toEqual(upTo(15));
  });

  test('is told that what lies between is gone, where the stream began anew or does not reach back', async () => {
    const { bus, publish, follow } = stage(5);
    await publish(20);
    const { epoch } = await bus.readAfter(topics.trades, 0, 1);
    const short = follow({ epoch, sequence: 10 });
    await short.follower.start();
    expect(short.told).toEqual(['lost', 16, 17, 18, 19, 20]);
    const other = follow({ epoch: '0', sequence: 3 });
    await other.follower.start();
    expect(other.told).toEqual(['lost', 16, 17, 18, 19, 20]);
    const whole = follow({ epoch, sequence: 15 });
    await whole.follower.start();
    expect(whole.told).toEqual([16, 17, 18, 19, 20]);
  });

  test('finds by itself what was lost on the way to it, whenever', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 30 }), async (losses) => {
        const { clock, bus, publish, follow } = stage();
        const { follower, told } = follow();
        await follower.start();
        for (const lost of losses) {
          if (lost) bus.breakLive();
          else bus.mendLive();
          await publish(1);
        }
        bus.mendLive();
        await clock.advance(10_000);
        await until('all were told', () => told.length >= losses.length);
        expect(told).toEqual(upTo(losses.length));
        follower.stop();
      }),
      { numRuns: 30 },
    );
  });

  test('is told nothing after it stopped', async () => {
    const { publish, follow } = stage();
    const { follower, told } = follow();
    await follower.start();
    follower.stop();
    await publish(3);
    expect(told).toEqual([]);
  });
});
