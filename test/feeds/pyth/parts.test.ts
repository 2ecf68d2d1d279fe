import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventStreamReader } from '../../../src/feeds/pyth/event-stream.ts';
import { mapListed, mapUpdate } from '../../../src/feeds/pyth/mapper.ts';
import { isOpen, readSchedule } from '../../../src/feeds/pyth/schedule.ts';
import { priceId } from '../../../src/feeds/pyth/symbols.ts';

const ID = 'e62df6c8b4a85fe1a67db44dc12de5db330f7ac66b72dc658afedf0f4a415b43';
const HOURS = 'America/New_York;0930-1600,0930-1600,0930-1600,0930-1600,0930-1600,C,C;1126/C,1127/0930-1300,1225/C';

const update = (price: object, more: object = {}) => ({ parsed: [{ id: ID, price, ...more }] });
const GOOD = { price: '12276250', conf: '1500', expo: -5, publish_time: 1_714_748_300 };

describe('a price of the oracle', () => {
  it('is its mantissa times ten to its exponent, exactly', () => {
    const ema_price = { ...GOOD, price: '12270000' };
    expect(mapUpdate(JSON.stringify(update(GOOD, { ema_price })))?.prices).toEqual([
      { id: ID, price: '122.7625', confidence: '0.015', emaPrice: '122.7', publishedAt: 1_714_748_300_000 },
    ]);
    const large = { ...GOOD, price: '11223872331053', conf: '1373488286', expo: -8 };
    expect(mapUpdate(JSON.stringify(update(large)))?.prices[0]).toMatchObject({
      price: '112238.72331053',
      confidence: '13.73488286',
      emaPrice: null,
    });
    const whole = { ...GOOD, price: '5', conf: '0', expo: 3 };
    expect(mapUpdate(JSON.stringify(update(whole)))?.prices[0]).toMatchObject({ price: '5000', confidence: '0' });
  });

  it.each([
    { price: '0' },
    { price: '-1' },
    { price: '1.5' },
    { price: 12 },
    { price: '' },
    { conf: null },
    { conf: '-1' },
    { expo: '-5' },
    { expo: 1.5 },
    { expo: -3_000 },
    { publish_time: 0 },
    { publish_time: '1714748300' },
    { publish_time: 1e20 },
  ])('is none with %o', (wrong) => {
    const text = JSON.stringify({ parsed: [...update({ ...GOOD, ...wrong }).parsed, ...update(GOOD).parsed] });
    const read = mapUpdate(text);
    expect([read?.prices.length, read?.unreadable]).toEqual([1, 1]);
  });

  it('comes in an update, or there is none', () => {
    for (const text of ['', 'null', '[]', '{}', '{"parsed":{}}', '{"parsed":null}']) expect(mapUpdate(text)).toBe(null);
    expect(mapUpdate('{"parsed":[null,1,"",{}]}')).toEqual({ prices: [], unreadable: 4 });
    expect(mapListed('{}')).toBe(null);
    expect(mapListed(JSON.stringify([{ id: 'x' }, { id: ID, attributes: { symbol: 'Crypto.BTC/USD' } }]))).toEqual([
      { id: ID, name: 'Crypto.BTC/USD', schedule: null },
    ]);
  });

  it('is known by 64 digits, however they are written', () => {
    expect(priceId(`0x${ID.toUpperCase()}`)).toBe(ID);
    for (const wrong of [ID.slice(1), `${ID}0`, ID.replace('e', 'g'), 7, null]) expect(priceId(wrong)).toBe(null);
  });
});

describe('server-sent events', () => {
  const read = (pieces: readonly string[]) => {
    const reader = new EventStreamReader();
    return pieces.flatMap((piece) => reader.read(piece));
  };

  it('are the same wherever the text is cut', () => {
    const text = ':hello\r\n\r\ndata:one\n\nevent: error\ndata: two\ndata:three\n\nid: 7\n\ndata\n\ndata: lost';
    const events = [
      { type: 'message', data: 'one' },
      { type: 'error', data: 'two\nthree' },
      { type: 'message', data: '' },
    ];
    expect(read([text])).toEqual(events);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: text.length })), (places) => {
        const cuts = [0, ...places.sort((a, b) => a - b), text.length];
        expect(read(cuts.slice(1).map((to, at) => text.slice(cuts[at], to)))).toEqual(events);
      }),
    );
  });

  it('that never end are given up', () => {
    const reader = new EventStreamReader();
    const million = `data:${'x'.repeat(1_000_000)}\n`;
    expect(() => {
      for (let times = 0; times < 6; times++) reader.read(million);
    }).toThrow(RangeError);
  });
});

describe('the hours of an exchange', () => {
  const at = (text: string) => {
    const schedule = readSchedule(HOURS);
    return schedule && isOpen(schedule, Date.parse(text));
  };

  it.each([
    ['2026-11-20T14:29:59Z', false, 'a second before the bell'],
    ['2026-11-20T14:30:00Z', true, 'at the bell'],
    ['2026-11-20T20:59:59Z', true, 'in its last second'],
    ['2026-11-20T21:00:00Z', false, 'at the end'],
    ['2026-11-21T16:00:00Z', false, 'on a Saturday'],
    ['2026-07-01T13:30:00Z', true, 'at the bell, an hour earlier in summer'],
    ['2026-11-26T16:00:00Z', false, 'on a holiday'],
    ['2026-11-27T17:59:00Z', true, 'on half a day'],
    ['2026-11-27T18:00:00Z', false, 'after half a day'],
  ])('at %s: open is %s, %s', (time, open) => {
    expect(at(time)).toBe(open);
  });

  it('may be all day, in several spans, and to midnight', () => {
    const week = readSchedule('UTC;O,0000-0100&2300-2400,C,C,C,C,C');
    const monday = Date.UTC(2026, 0, 5);
    const hour = 3_600_000;
    expect(week && [0, 23.9, 24, 25, 46.9, 47, 47.9, 48].map((hours) => isOpen(week, monday + hours * hour))).toEqual([
      true,
      true,
      true,
      false,
      false,
      true,
      true,
      false,
    ]);
  });

  it.each([
    '',
    'Nowhere/Atall;O,O,O,O,O,O,O',
    ';O,O,O,O,O,O,O',
    'UTC;O,O',
    'UTC;O,O,O,O,O,O,X',
    'UTC;O,O,O,O,O,O,1600-0930',
    'UTC;O,O,O,O,O,O,0930-2500',
    'UTC;O,O,O,O,O,O,O;126/C',
    'UTC;O,O,O,O,O,O,O;1126/closed',
  ])('are none in "%s"', (text) => {
    expect(readSchedule(text)).toBe(null);
  });
});
