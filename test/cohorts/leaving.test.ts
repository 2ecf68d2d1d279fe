import { beforeEach, describe, expect, test } from 'vitest';
import type { BusListener } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Price } from '../../src/model/price.ts';
import { Following } from '../support/followers.ts';
import { heldBus } from '../support/held-bus.ts';
import { price } from '../support/market.ts';
import { silentLog, testServer } from '../support/server.ts';
import { WireClient } from '../support/wire-client.ts';

interface Frame {
  readonly price: string;
  readonly matches: boolean;
  readonly snapshot: boolean;
  readonly sequence: number;
}

/** A price that leaves every filter that names no source. */
const ASIDE: Partial<Price> = { primary: false };

describe('a value that comes back into a filter', () => {
  let client: WireClient;
  let listener: BusListener | undefined;

  beforeEach(async () => {
    const bus = heldBus(createMemoryBus({ clock: systemClock, log: silentLog }));
    const { url } = await testServer({
      bus: {
        ...bus,
        subscribe: async (topic, listening) => {
          if (topic.name === topics.prices.name) listener = listening;
          return await bus.subscribe(topic, listening);
        },
      },
    });
    client = await WireClient.connect(url);
  });

  /** What a bus would say, of an epoch of its choice. */
  const hear = (epoch: string, sequence: number, text: string, more: Partial<Price> = {}) => {
    const value = price('A', text, more);
    listener?.message({
      epoch,
      sequence,
      key: topics.prices.keyOf(value),
      form: 'value',
      payload: JSON.stringify(value),
    });
  };

  const follow = async (args: string): Promise<() => Promise<readonly unknown[]>> => {
    const following = new Following(client, 'a', `subscription { prices${args} { price matches snapshot sequence } }`);
    await client.live('a');
    return async () => {
      await client.settled();
      return following
        .frames<Frame>('prices')
        .map(({ price: text, matches, snapshot, sequence }) => [text, matches, snapshot, sequence]);
    };
  };

  test('is told, however little it has moved since it left', async () => {
    const seen = await follow('(filter: {minChangePct: 5})');
    hear('one', 1, '100');
    hear('one', 2, '100.1', ASIDE);
    hear('one', 3, '100.2');
    hear('one', 4, '100.3');
    expect(await seen()).toEqual([
      ['100', true, true, 1],
      ['100.1', false, false, 2],
      ['100.2', true, false, 3],
    ]);
  });

  test('is told when its sequence begins anew, however little it has moved', async () => {
    const seen = await follow('(filter: {minChangePct: 5})');
    hear('one', 7, '100');
    hear('two', 1, '100.1');
    hear('two', 2, '100.2');
    expect(await seen()).toEqual([
      ['100', true, true, 7],
      ['100.1', true, true, 1],
    ]);
  });

  test('stands alone when its sequence began anew while it was away', async () => {
    const seen = await follow('');
    hear('one', 7, '1');
    hear('one', 8, '2', ASIDE);
    hear('two', 1, '3', ASIDE);
    hear('two', 2, '4');
    hear('two', 3, '5');
    expect(await seen()).toEqual([
      ['1', true, true, 7],
      ['2', false, false, 8],
      ['4', true, true, 2],
      ['5', true, false, 3],
    ]);
  });
});
