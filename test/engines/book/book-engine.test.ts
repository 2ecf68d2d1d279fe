import { beforeEach, describe, expect, it } from 'vitest';
import { type BookEngine, createBookEngine } from '../../../src/engines/book/book-engine.ts';
import type { BookOutput, EngineOutput } from '../../../src/engines/engine.ts';
import { bookChecksum } from '../../../src/model/book.ts';
import type { MarketEvent } from '../../../src/model/market-event.ts';
import { chainedDiff, disconnected, SOURCE, SYMBOL, sides, snapshot, spotDiff, told } from './events.ts';

let engine: BookEngine;

beforeEach(() => {
  engine = createBookEngine();
});

/** What the last of the events made the engine put out. */
function play(...events: readonly MarketEvent[]): readonly EngineOutput[] {
  let outputs: readonly EngineOutput[] = [];
  for (const event of events) outputs = engine.process(event);
  return outputs;
}

function onlyBook(outputs: readonly EngineOutput[]): BookOutput {
  expect(outputs.map((output) => output.kind)).toEqual(['book']);
  return outputs[0] as BookOutput;
}

describe('a book', () => {
  it('begins with a snapshot, put out whole', () => {
    const outputs = play(snapshot(100, ['10.50 1.00', '10.00 2.000'], ['11.00 3', '12.00 0.10']));
    expect(told(outputs)).toEqual(['fresh whole 100: 10.5 1, 10 2 / 11 3, 12 0.1']);
  });

  it('puts out nothing and asks for nothing before the first snapshot', () => {
    expect(play(spotDiff(1, 2, ['10 1']))).toEqual([]);
    expect(play(spotDiff(7, 8, ['10 1']))).toEqual([]);
    expect(play(disconnected(SYMBOL))).toEqual([]);
  });

  it('sets sizes absolutely, deletes at zero and ignores deletes of levels never held', () => {
    const outputs = play(
      snapshot(100, ['10 1', '9 2'], ['11 3']),
      spotDiff(101, 101, ['10.00 5.50', '9.0 0.000', '8 0', '9.5 4'], ['11 0', '12 7']),
    );
    expect(told(outputs)).toEqual(['fresh change 101: 10 5.5, 9.5 4 / 12 7']);
    expect(onlyBook(outputs).change).toMatchObject({
      bids: [
        ['10', '5.5'],
        ['9', '0'],
        ['9.5', '4'],
      ],
      asks: [
        ['11', '0'],
        ['12', '7'],
      ],
    });
  });

  it('says nothing in a change of what it leaves as it was', () => {
    const outputs = play(snapshot(100, ['10 1'], ['11 3']), spotDiff(101, 101, ['10.0 1.0', '7 0'], ['11 3']));
    expect(onlyBook(outputs).change).toMatchObject({ bids: [], asks: [], venueUpdateId: '101' });
  });

  it('takes the last of two sizes that one diff gives a price', () => {
    const outputs = play(
      snapshot(100, ['10 1'], []),
      spotDiff(101, 101, ['10 0', '9 1', '10.0 2', '9.00 0', '8 1', '8 3']),
    );
    expect(told(outputs)).toEqual(['fresh change 101: 10 2, 8 3 / ']);
    expect(onlyBook(outputs).change?.bids.toSorted()).toEqual([
      ['10', '2'],
      ['8', '3'],
    ]);
  });

  it('carries times, number and checksum of the update it holds, in the change as in the book', () => {
    const output = onlyBook(
      play(snapshot(100, ['10 1'], ['11 3']), spotDiff(101, 105, ['9 1'], [], { timestamp: 5_000 })),
    );
    const book = output.book();
    const facts = {
      symbol: SYMBOL,
      source: SOURCE,
      timestamp: 5_000,
      receivedAt: 5_001,
      venueUpdateId: '105',
      stale: false,
    };
    const checksum = bookChecksum(book.bids, book.asks);
    expect(book).toMatchObject({ ...facts, checksum });
    expect(output.change).toMatchObject({ ...facts, checksum });
  });

  it('orders prices of any number of decimals exactly, also where doubles are equal', () => {
    const fine = '0.100000000000000000000000000001 1' as const;
    const finer = '0.100000000000000000000000000002 2' as const;
    const outputs = play(snapshot(1, [fine, '0.1 3', finer], ['12345678901234567890.1 1', '12345678901234567890 1']));
    expect(told(outputs)).toEqual([
      `fresh whole 1: ${finer}, ${fine}, 0.1 3 / 12345678901234567890 1, 12345678901234567890.1 1`,
    ]);
  });

  it('is apart from the books of other symbols and of other sources of the same symbol', () => {
    play(snapshot(100, ['10 1'], []), snapshot(7, ['20 1'], [], { symbol: 'ETHUSDT' }));
    engine.process({ ...snapshot(50, ['30 1'], []), source: 'other' });
    expect(told(play(spotDiff(101, 101, ['9 1'])))).toEqual(['fresh change 101: 10 1, 9 1 / ']);
    expect(told(play(spotDiff(8, 8, ['19 1'], [], { symbol: 'ETHUSDT' })))).toEqual(['fresh change 8: 20 1, 19 1 / ']);
    expect(engine.levels(SYMBOL, 'other')).toEqual({ bids: [['30', '1']], asks: [] });
    expect(engine.levels('NONE', SOURCE)).toBeUndefined();
  });

  it('does not listen to trades', () => {
    const trade = {
      kind: 'trade',
      symbol: SYMBOL,
      source: SOURCE,
      tradeId: '1',
      price: '1',
      quantity: '1',
      side: 'BUY',
    } as const;
    expect(play({ ...trade, gapBefore: null, timestamp: 1, receivedAt: 1 })).toEqual([]);
  });
});

describe('diffs that only number their updates', () => {
  const start = snapshot(100, ['10 1'], ['20 1']);

  it('are kept until the snapshot comes and then folded into it, without those that it holds already', () => {
    const outputs = play(spotDiff(90, 95, ['1 1']), spotDiff(96, 101, ['9 1']), spotDiff(102, 103, ['8 1']), start);
    expect(told(outputs)).toEqual(['fresh whole 103: 10 1, 9 1, 8 1 / 20 1']);
  });

  it('are dropped up to the number of the snapshot, and the first after it may reach back', () => {
    expect(play(start, spotDiff(95, 100, ['10 9']))).toEqual([]);
    expect(told(play(spotDiff(99, 101, ['9 1'])))).toEqual(['fresh change 101: 10 1, 9 1 / 20 1']);
  });

  it('may begin right behind the snapshot', () => {
    expect(told(play(spotDiff(101, 102, ['9 1']), start))).toEqual(['fresh whole 102: 10 1, 9 1 / 20 1']);
  });

  it('make the engine ask again for a snapshot that does not reach the first of them', () => {
    expect(told(play(spotDiff(102, 103, ['9 1']), start))).toEqual([`resync ${SYMBOL}`]);
    expect(told(play(spotDiff(104, 104, ['7 1']), snapshot(102, ['10 2'], ['20 1'])))).toEqual([
      'fresh whole 104: 10 2, 9 1, 7 1 / 20 1',
    ]);
  });

  it('lose the book at a gap: stale as put out last, a resync, and fresh again from the diff behind the gap on', () => {
    play(start, spotDiff(101, 101, ['9 1']));
    expect(told(play(spotDiff(103, 104, ['8 1'])))).toEqual([`stale change 101: 10 1, 9 1 / 20 1`, `resync ${SYMBOL}`]);
    expect(play(spotDiff(105, 106, ['7 1']))).toEqual([]);
    expect(told(play(snapshot(103, ['10 5'], ['20 1'])))).toEqual(['fresh whole 106: 10 5, 8 1, 7 1 / 20 1']);
    expect(told(play(spotDiff(107, 107, ['6 1'])))).toEqual(['fresh change 107: 10 5, 8 1, 7 1, 6 1 / 20 1']);
  });

  it('lose the book once, however long the snapshot takes and however often it does not reach', () => {
    play(start);
    expect(told(play(spotDiff(110, 111, ['9 1'])))).toHaveLength(2);
    expect(play(spotDiff(120, 121, ['9 1']))).toEqual([]);
    expect(told(play(snapshot(105, [], [])))).toEqual([`resync ${SYMBOL}`]);
    // Reaches the first, but there is a hole behind that one.
    expect(told(play(snapshot(110, [], [])))).toEqual([`resync ${SYMBOL}`]);
    expect(told(play(snapshot(119, ['3 1'], [])))).toEqual(['fresh whole 121: 9 1, 3 1 / ']);
  });

  it('that come twice are ignored', () => {
    play(start, spotDiff(101, 105, ['9 1']));
    expect(play(spotDiff(101, 105, ['9 7']))).toEqual([]);
    expect(play(spotDiff(101, 103, ['9 7']))).toEqual([]);
  });

  it('are kept up to a limit; beyond it the oldest goes, and a snapshot that needed it is refused', () => {
    engine = createBookEngine({ bufferLimit: 2 });
    play(spotDiff(101, 101, ['9 1']), spotDiff(102, 102, ['8 1']), spotDiff(103, 103, ['7 1']));
    expect(told(play(start))).toEqual([`resync ${SYMBOL}`]);
    expect(told(play(snapshot(101, ['10 1'], ['20 1'])))).toEqual(['fresh whole 103: 10 1, 8 1, 7 1 / 20 1']);
  });
});

describe('diffs that name the one before', () => {
  const start = snapshot(100, ['10 1'], ['20 1']);

  it('begin with the one that spans the snapshot, also when it ends right there', () => {
    expect(told(play(start, chainedDiff(80, 85, 100, ['9 1'])))).toEqual(['fresh change 100: 10 1, 9 1 / 20 1']);
    expect(told(play(chainedDiff(100, 108, 120, ['8 1'])))).toEqual(['fresh change 120: 10 1, 9 1, 8 1 / 20 1']);
  });

  it('are dropped while they end before the snapshot', () => {
    expect(play(start, chainedDiff(80, 85, 99, ['9 1']))).toEqual([]);
    expect(told(play(chainedDiff(99, 99, 104, ['8 1'])))).toEqual(['fresh change 104: 10 1, 8 1 / 20 1']);
  });

  it('may begin right behind the snapshot, by the name of the one before', () => {
    expect(told(play(start, chainedDiff(100, 107, 109, ['9 1'])))).toEqual(['fresh change 109: 10 1, 9 1 / 20 1']);
  });

  it('are not placed by number alone: the number behind the snapshot may be far from it', () => {
    expect(told(play(start, chainedDiff(99, 101, 104, ['9 1'])))).toEqual([
      'stale change 100: 10 1 / 20 1',
      `resync ${SYMBOL}`,
    ]);
  });

  it('lose the book where the chain breaks, though the numbers fit', () => {
    play(start, chainedDiff(90, 95, 105, ['9 1']));
    expect(told(play(chainedDiff(104, 106, 107, ['8 1'])))).toEqual([
      'stale change 105: 10 1, 9 1 / 20 1',
      `resync ${SYMBOL}`,
    ]);
    play(chainedDiff(107, 108, 110, ['7 1']));
    expect(told(play(snapshot(107, ['10 2', '8 1'], ['20 1'])))).toEqual(['fresh whole 110: 10 2, 8 1, 7 1 / 20 1']);
  });

  it('are kept until the snapshot comes and then folded into it', () => {
    const outputs = play(
      chainedDiff(1, 5, 90, ['1 1']),
      chainedDiff(90, 95, 103, ['9 1']),
      chainedDiff(103, 107, 109, ['8 1']),
      start,
    );
    expect(told(outputs)).toEqual(['fresh whole 109: 10 1, 9 1, 8 1 / 20 1']);
  });

  it('that come twice are ignored', () => {
    play(start, chainedDiff(90, 95, 105, ['9 1']));
    expect(play(chainedDiff(90, 95, 105, ['9 1']))).toEqual([]);
  });
});

describe('a book that cannot be right', () => {
  it('is not put out: crossed by a diff, it is stale as it was before, and begins anew', () => {
    play(snapshot(100, ['10 1', '9 1'], ['11 1', '12 1']));
    const outputs = play(spotDiff(101, 101, ['11.5 1', '9 0', '10 4'], ['12 0']));
    expect(told(outputs)).toEqual(['stale change 100: 10 1, 9 1 / 11 1, 12 1', `resync ${SYMBOL}`]);
    expect(outputs[1]).toMatchObject({ reason: 'crossed by 101: bid 11.5, ask 11' });
    expect(told(play(snapshot(101, ['10 4'], ['12 1'])))).toEqual(['fresh whole 101: 10 4 / 12 1']);
  });

  it('is crossed when best bid and best ask are equal', () => {
    play(snapshot(100, ['10 1'], ['11 1']));
    expect(told(play(spotDiff(101, 101, ['11.00 1'])))).toEqual(['stale change 100: 10 1 / 11 1', `resync ${SYMBOL}`]);
  });

  it('is crossed by its snapshot, or by what was kept for it', () => {
    expect(told(play(snapshot(100, ['10 1'], ['10 1'])))).toEqual([`resync ${SYMBOL}`]);
    expect(told(play(spotDiff(101, 101, ['12 1']), snapshot(100, ['10 1'], ['11 1'])))).toEqual([`resync ${SYMBOL}`]);
  });

  it('may have one side only', () => {
    expect(told(play(snapshot(100, ['10 1'], []), spotDiff(101, 101, ['10 0'])))).toEqual(['fresh change 101:  / ']);
  });

  it.each(['abc 1', '1 abc', '10 -1', '1e 1', ' 1'] as const)(
    'does not take %j: it is lost, and nothing of that diff stays',
    (text) => {
      play(snapshot(100, ['10 1'], ['20 1']));
      const outputs = play(spotDiff(101, 101, ['9 1', text], ['19 1']));
      expect(told(outputs)).toEqual(['stale change 100: 10 1 / 20 1', `resync ${SYMBOL}`]);
      // A snapshot that holds the diff makes it needless.
      expect(told(play(snapshot(101, ['9 1'], ['19 1'])))).toEqual(['fresh whole 101: 9 1 / 19 1']);
    },
  );

  it('is as it was before a diff that named a price twice and then could not be read', () => {
    play(snapshot(100, ['10 1'], ['20 1']));
    expect(told(play(spotDiff(101, 101, ['10 5', '9 1', '10 6', '9 0', '8 -1'])))).toEqual([
      'stale change 100: 10 1 / 20 1',
      `resync ${SYMBOL}`,
    ]);
  });

  it('asks again for a snapshot that it cannot read', () => {
    expect(told(play(snapshot(100, ['ten 1'], [])))).toEqual([`resync ${SYMBOL}`]);
  });
});

describe('a disconnect', () => {
  it('makes the books of its symbols stale once, without asking: the feed brings snapshots by itself', () => {
    play(snapshot(100, ['10 1'], ['20 1']), snapshot(7, ['30 1'], [], { symbol: 'ETHUSDT' }));
    expect(told(play(disconnected(SYMBOL, 'NEVERHEARD')))).toEqual(['stale change 100: 10 1 / 20 1']);
    expect(play(disconnected(SYMBOL))).toEqual([]);
    expect(told(play(spotDiff(8, 8, [], ['31 1'], { symbol: 'ETHUSDT' })))).toEqual(['fresh change 8: 30 1 / 31 1']);
  });

  it('leaves a stale book with the times of when it was true', () => {
    const output = onlyBook(play(snapshot(100, ['10 1'], [], { timestamp: 4_000 }), disconnected(SYMBOL)));
    expect(output.change).toMatchObject({ stale: true, timestamp: 4_000, bids: [], asks: [] });
    expect(output.book()).toMatchObject({ stale: true, timestamp: 4_000, bids: [['10', '1']] });
  });

  it('forgets diffs of the connection that is gone and keeps those of the next', () => {
    play(
      snapshot(100, ['10 1'], ['20 1']),
      spotDiff(105, 105, ['9 1']),
      disconnected(SYMBOL),
      spotDiff(201, 202, ['8 1']),
    );
    expect(told(play(snapshot(200, ['10 3'], ['20 1'])))).toEqual(['fresh whole 202: 10 3, 8 1 / 20 1']);
  });

  it('lets the numbers of the next connection begin anew', () => {
    play(snapshot(100, ['10 1'], ['20 1']), spotDiff(105, 105, ['9 1']), disconnected(SYMBOL), spotDiff(7, 8, ['8 1']));
    expect(told(play(snapshot(6, ['10 3'], ['20 1'])))).toEqual(['fresh whole 8: 10 3, 8 1 / 20 1']);
  });
});

describe('a snapshot on top of a live book', () => {
  it('without a number replaces it, and its change is the difference', () => {
    play(snapshot(null, ['10 1', '9 1'], ['20 1']));
    const output = onlyBook(play(snapshot(null, ['10 2', '8 1'], ['20 1'], { timestamp: 2_000 })));
    expect(output.change).toMatchObject({
      bids: [
        ['10', '2'],
        ['8', '1'],
        ['9', '0'],
      ],
      asks: [],
      venueUpdateId: null,
      timestamp: 2_000,
    });
    expect(sides(output.book())).toBe('10 2, 8 1 / 20 1');
  });

  it('has no change to a book that was stale', () => {
    play(snapshot(null, ['10 1'], ['20 1']), disconnected(SYMBOL));
    expect(told(play(snapshot(null, ['10 2'], ['20 1'])))).toEqual(['fresh whole null: 10 2 / 20 1']);
  });

  it('with a number it has passed is too old to be used', () => {
    play(snapshot(100, ['10 1'], ['20 1']), spotDiff(101, 110, ['9 1']));
    expect(play(snapshot(105, ['1 1'], ['99 1']))).toEqual([]);
    expect(told(play(spotDiff(111, 111, ['8 1'])))).toEqual(['fresh change 111: 10 1, 9 1, 8 1 / 20 1']);
  });

  it('with a higher number takes the book there', () => {
    play(snapshot(100, ['10 1'], ['20 1']));
    expect(told(play(snapshot(200, ['11 1'], ['20 1'])))).toEqual(['fresh change 200: 11 1 / 20 1']);
    expect(told(play(spotDiff(150, 201, ['10 1'])))).toEqual(['fresh change 201: 11 1, 10 1 / 20 1']);
  });

  it('that is crossed makes it stale as it was', () => {
    play(snapshot(null, ['10 1'], ['20 1']));
    expect(told(play(snapshot(null, ['21 1'], ['20 1'])))).toEqual([
      'stale change null: 10 1 / 20 1',
      `resync ${SYMBOL}`,
    ]);
  });

  it('without a number leaves diffs without a place: they are ignored', () => {
    play(snapshot(null, ['10 1'], ['20 1']));
    expect(play(spotDiff(1, 2, ['9 1']))).toEqual([]);
  });
});

describe('the view', () => {
  it('holds the best levels only, and its change says which were pushed out and which moved up', () => {
    engine = createBookEngine({ depth: 2 });
    play(snapshot(100, ['10 1', '9 1', '8 1'], ['20 1', '21 1', '22 1']));
    const pushed = onlyBook(play(spotDiff(101, 101, ['9.5 1'], ['20 0'])));
    expect(sides(pushed.book())).toBe('10 1, 9.5 1 / 21 1, 22 1');
    expect(pushed.change).toMatchObject({
      bids: [
        ['9.5', '1'],
        ['9', '0'],
      ],
      asks: [
        ['20', '0'],
        ['22', '1'],
      ],
    });
    const moved = onlyBook(play(spotDiff(102, 102, ['10 0', '9.5 0'])));
    expect(moved.change?.bids).toEqual([
      ['10', '0'],
      ['9.5', '0'],
      ['8', '1'],
      ['9', '1'],
    ]);
    const unseen = onlyBook(play(spotDiff(103, 103, ['7 1', '6 1'], ['23 5'])));
    expect(unseen.change).toMatchObject({ bids: [], asks: [] });
    expect(sides(engine.levels(SYMBOL, SOURCE) ?? { bids: [], asks: [] })).toBe(
      '9 1, 8 1, 7 1, 6 1 / 21 1, 22 1, 23 5',
    );
  });

  it('ends between prices that only their texts tell apart', () => {
    const [near, nearer] = ['0.100000000000000000001', '0.100000000000000000002'];
    engine = createBookEngine({ depth: 1 });
    play(snapshot(1, ['0.1 1', `${near} 1`], []));
    expect(onlyBook(play(spotDiff(2, 2, [`${nearer} 1`]))).change?.bids).toEqual([
      [nearer, '1'],
      [near, '0'],
    ]);
    expect(onlyBook(play(spotDiff(3, 3, ['0.1 5', `${near} 5`]))).change?.bids).toEqual([]);
  });
});
