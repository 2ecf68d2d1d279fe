import { beforeEach, describe, expect, test } from 'vitest';
import type { BusListener } from '../../src/bus/bus.ts';
import type { Nudge } from '../../src/model/nudge.ts';
import { ALL_OWNERS, isOfShare, type OwnerShare, sharesOfOwners } from '../../src/model/owner-share.ts';
import type { WaitingOrder } from '../../src/store/trading.ts';
import { OrderInlet } from '../../src/workers/trading/order-inlet.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { silentLog } from '../support/server.ts';
import { order } from '../support/trading.ts';

const OWNER = '0x00000000000000000000000000000000000000A1';
const OTHER = '0x00000000000000000000000000000000000000b2';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('orders on their way to the venue', () => {
  let clock: FakeClock;
  let inlet: OrderInlet;
  let make: (share: OwnerShare) => OrderInlet;
  let listener: BusListener;
  let taken: string[];
  let closed: Set<string>;
  /** What the database says that waits, and how often it was asked. */
  let stored: WaitingOrder[];
  let asked: number;
  let answer: () => Promise<void>;
  let sequence: number;

  beforeEach(() => {
    clock = new FakeClock();
    taken = [];
    closed = new Set();
    stored = [];
    asked = 0;
    answer = async () => undefined;
    sequence = 0;
    make = (share) =>
      new OrderInlet({
        share,
        bus: {
          subscribe: async (_topic, heard) => {
            listener = heard;
            return () => undefined;
          },
        },
        trading: {
          waiting: async (of, _limit, except) => {
            asked++;
            const waiting = stored.filter(({ id, owner }) => isOfShare(of, owner) && !except.includes(id));
            await answer();
            return waiting;
          },
        },
        clock,
        log: silentLog,
        mayBegin: ({ order: one }) => !closed.has(one?.symbol ?? ''),
        take: ({ id }) => taken.push(id),
      });
    inlet = make(ALL_OWNERS);
  });

  const placed = (id: string, owner = OWNER, symbol = 'BTCUSDT'): WaitingOrder => ({
    id,
    owner,
    command: { type: 'place', orderId: `o${id}` },
    order: order(`o${id}`, owner, { symbol }),
    trace: null,
  });

  function hear(waiting: WaitingOrder | null, about = 'trading', more: Partial<Nudge> = {}): void {
    const placed = waiting && { placed: { commandId: waiting.id, order: waiting.order } };
    const nudge = { id: 'n', about, ...placed, ...more };
    listener.message({
      key: about,
      epoch: 'e',
      sequence: ++sequence,
      form: 'value',
      payload: JSON.stringify(nudge),
    });
  }

  async function started(newest = 'a'): Promise<void> {
    inlet.start(newest);
    await turn();
    expect(asked).toBe(1);
  }

  test('are taken as they are heard, and not asked for', async () => {
    await started();
    hear(placed('b'));
    hear(null, 'risk');
    hear(placed('c'));
    expect(taken).toEqual(['b', 'c']);
    await turn();
    expect(asked).toBe(1);
  });

  test('are taken once, told twice or found waiting as well', async () => {
    await started();
    hear(placed('b'));
    hear(placed('b'));
    stored = [placed('b')];
    inlet.ask();
    await turn();
    // Stored, but the database was asked before it was.
    answer = async () => inlet.stored(['b']);
    inlet.ask();
    await turn();
    expect(taken).toEqual(['b']);
  });

  test('are asked for where an earlier worker may have taken them', async () => {
    await started('m');
    hear(placed('k'));
    await turn();
    expect([asked, taken]).toEqual([2, []]);
    stored = [placed('l')];
    hear(placed('l'));
    await turn();
    expect([asked, taken]).toEqual([3, ['l']]);
  });

  test('are asked for after a nudge is missing, whatever it was about', async () => {
    await started();
    hear(placed('b'));
    sequence++;
    stored = [placed('c'), placed('d')];
    hear(null, 'risk');
    await turn();
    expect([asked, taken]).toEqual([2, ['b', 'c', 'd']]);
  });

  test('keep the order in which they were asked for: what is heard while the database answers comes after it', async () => {
    await started();
    const answered = Promise.withResolvers<void>();
    answer = () => answered.promise;
    stored = [{ ...placed('b'), command: { type: 'cancel', orderId: 'ob' } }];
    hear(null);
    hear(placed('c'));
    expect(taken).toEqual([]);
    answered.resolve();
    await turn();
    expect(taken).toEqual(['b', 'c']);
  });

  test('wait for their market, and what the owner asked for later with them', async () => {
    await started();
    closed.add('ETHUSDT');
    hear(placed('b', OWNER, 'ETHUSDT'));
    hear(placed('c', OWNER));
    hear(placed('d', OTHER));
    expect(taken).toEqual(['d']);
    closed.clear();
    stored = [placed('b', OWNER, 'ETHUSDT'), placed('c', OWNER)];
    await clock.advance(1_000);
    await turn();
    expect(taken).toEqual(['d', 'b', 'c']);
    hear(placed('e'));
    expect(taken).toEqual(['d', 'b', 'c', 'e']);
  });

  test('of another share are left to its worker, and not asked for; what cannot be told apart is asked for', async () => {
    const share = [2, 3, 4]
      .flatMap((of) => sharesOfOwners(of))
      .find((one) => isOfShare(one, OWNER) && !isOfShare(one, OTHER)) as OwnerShare;
    inlet = make(share);
    await started('m');
    // One that might have been taken before, one that cannot have been, and a change.
    hear(placed('k', OTHER));
    hear(placed('n', OTHER));
    hear(null, 'trading', { owner: OTHER });
    await turn();
    expect([asked, taken]).toEqual([1, []]);
    hear(placed('o', OWNER));
    expect([asked, taken]).toEqual([1, ['o']]);
    stored = [placed('p', OTHER), placed('q', OWNER)];
    hear(null, 'trading', { owner: OWNER });
    await turn();
    expect([asked, taken]).toEqual([2, ['o', 'q']]);
    stored = [placed('r', OWNER)];
    hear(null);
    await turn();
    expect([asked, taken]).toEqual([3, ['o', 'q', 'r']]);
    // Whatever is missing may have been of this share.
    sequence++;
    stored = [placed('s', OWNER)];
    hear(placed('t', OTHER));
    await turn();
    expect([asked, taken]).toEqual([4, ['o', 'q', 'r', 's']]);
  });

  test('that were taken long ago are known no more, and asked for', async () => {
    await started();
    const ids = Array.from({ length: 10_002 }, (_, at) => `b${String(at).padStart(6, '0')}`);
    for (const id of ids) hear(placed(id));
    expect(taken).toHaveLength(ids.length);
    hear(placed(ids[0] ?? ''));
    hear(placed(ids[1] ?? ''));
    hear(placed(ids[2] ?? ''));
    await turn();
    expect(taken).toHaveLength(ids.length);
    expect(asked).toBeGreaterThan(1);
  });
});
