import { crc32 as reference } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { OrderBook } from '../../src/client/book.ts';
import { createTidewire } from '../../src/client/client.ts';
import { crc32 } from '../../src/client/crc32.ts';
import { followBook } from '../../src/client/follow-book.ts';
import type { Transport, TransportSink } from '../../src/client/transport.ts';
import { type BookFrame, DeltaBook } from '../support/delta-book.ts';
import { CuttableProxy } from '../support/proxy.ts';
import { socketUrl } from '../support/resuming.ts';
import { startRole } from '../support/role.ts';
import { eventually } from '../support/server.ts';
import { WireClient } from '../support/wire-client.ts';

const level = (price: string, size: string) => ({ price, size });
const pairs = (levels: readonly { price: string; size: string }[]) => levels.map(({ price, size }) => [price, size]);

test('the checksum is the one of everybody else', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => crc32(text) === reference(text)));
});

describe('a book from its changes', () => {
  test('is the one of an independent reader, frame for frame, as a real server sends them; and goes on when it is cut', async () => {
    const { url } = await startRole('all', {});
    const client = await WireClient.connect(url);
    client.subscribe(
      'b',
      `subscription { orderbook(symbol: "BTCUSDT", format: DELTA) {
        bids { price size } asks { price size } sequence previousSequence checksum stale venueUpdateId } }`,
    );
    const [ours, theirs] = [new OrderBook(), new DeltaBook()];
    for (let frames = 0; frames < 30; frames++) {
      const { orderbook } = await client.next<{ orderbook: BookFrame }>('b');
      theirs.apply(orderbook);
      expect(ours.apply(orderbook)).toBe(true);
      expect([pairs(ours.bids), pairs(ours.asks)]).toEqual([theirs.bids, theirs.asks]);
    }
    await client.close();

    const proxy = await CuttableProxy.to(url);
    const tidewire = createTidewire({ url: socketUrl(proxy.url) });
    onTestFinished(() => tidewire.close());
    const followed = followBook(tidewire, 'BTCUSDT');
    onTestFinished(() => followed.unsubscribe());
    const sequence = () => followed.view.value.book.sequence ?? 0;
    await eventually('there is a book', () => sequence() > 0);
    const before = sequence();
    proxy.cut();
    await eventually('it is known to be old', () => followed.status.value === 'stale');
    proxy.mend();
    await eventually('it goes on', () => followed.status.value === 'live' && sequence() > before);
    expect(followed.repairs).toBe(0);
  });

  test('orders prices that a float cannot tell apart', () => {
    const book = new OrderBook();
    const prices = ['10000000000000000.1', '10000000000000000.2', '9', '10000000000000000.15', '0.1', '-1'];
    const sorted = ['10000000000000000.2', '10000000000000000.15', '10000000000000000.1', '9', '0.1', '-1'];
    const text = (list: readonly string[]) => list.map((price) => `${price}:1`).join('|');
    const frame = { sequence: 1, previousSequence: null };
    const bids = prices.map((price) => level(price, '1'));
    expect(book.apply({ ...frame, bids, asks: [], checksum: reference(text(sorted)) })).toBe(true);
    expect(book.bids.map(({ price }) => price)).toEqual(sorted);
    expect(book.apply({ ...frame, bids: [], asks: bids, checksum: reference(text(sorted.toReversed())) })).toBe(true);
    expect(book.asks.map(({ price }) => price)).toEqual(sorted.toReversed());
  });

  test('is empty rather than wrong: a frame that does not follow, a checksum that does not prove', () => {
    const whole = {
      bids: [level('1', '1')],
      asks: [],
      sequence: 5,
      previousSequence: null,
      checksum: reference('1:1'),
    };
    for (const bad of [
      { bids: [], asks: [], sequence: 9, previousSequence: 8, checksum: reference('1:1') },
      { bids: [level('1', '2')], asks: [], sequence: 6, previousSequence: 5, checksum: 7 },
    ]) {
      const book = new OrderBook();
      expect([book.apply(whole), book.sequence]).toEqual([true, 5]);
      expect([book.apply(bad), book.bids, book.sequence]).toEqual([false, [], null]);
      expect([book.apply({ ...bad, previousSequence: 6 }), book.apply(whole)]).toEqual([false, true]);
    }
    const empty = { bids: [], asks: [], sequence: 1, previousSequence: null, checksum: null };
    expect(new OrderBook().apply(empty)).toBe(true);
  });
});

describe('a book that is followed', () => {
  test('is asked for anew when it cannot be proved', () => {
    const sinks: TransportSink[] = [];
    let stopped = 0;
    const transport: Transport = {
      start: (_operation, sink) => {
        sinks.push(sink);
        sink.sent();
        return () => void stopped++;
      },
    };
    const tidewire = createTidewire({ url: '', transport });
    const followed = followBook(tidewire, 'A');
    const frame = (more: object) => ({
      data: {
        orderbook: {
          bids: [],
          asks: [],
          sequence: 1,
          previousSequence: null,
          checksum: null,
          stale: false,
          timestamp: 't',
          ...more,
        },
      },
    });
    sinks[0]?.next(frame({}));
    sinks[0]?.live();
    expect([followed.status.value, followed.repairs, sinks.length]).toEqual(['live', 0, 1]);
    sinks[0]?.next(frame({ previousSequence: 7 }));
    expect([followed.repairs, sinks.length, stopped]).toEqual([1, 2, 1]);
    sinks[0]?.next(frame({ sequence: 99 }));
    sinks[1]?.next(frame({ bids: [level('1', '1')], checksum: reference('1:1') }));
    sinks[1]?.live();
    expect([followed.view.value.book.bids, followed.status.value]).toEqual([[level('1', '1')], 'live']);
    followed.unsubscribe();
    expect([stopped, followed.status.value]).toEqual([2, 'closed']);
  });
});
