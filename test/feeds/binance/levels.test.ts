import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DIFF_SIDES, isDecimalText, liftLevels, sidesOf } from '../../../src/feeds/binance/levels.ts';
import { decimal as toDecimal } from '../../../src/lib/decimal.ts';

const decimal = fc
  .tuple(
    fc.oneof(fc.nat(10 ** 6).map(String), fc.stringMatching(/^[1-9]\d{0,17}$/)),
    fc.option(
      fc.oneof(fc.stringMatching(/^\d{1,8}$/), fc.stringMatching(/^\d{1,20}$/), fc.stringMatching(/^0{1,9}$/)),
      {
        nil: undefined,
      },
    ),
  )
  .map(([whole, fraction]) => (fraction === undefined ? `${whole}` : `${whole}.${fraction}`));
const levels = fc.array(fc.tuple(decimal, decimal), { maxLength: 30 });

function parsed(text: string): { readonly b?: unknown; readonly a?: unknown } | null {
  try {
    return JSON.parse(text) as { b?: unknown; a?: unknown };
  } catch {
    return null;
  }
}

const canonical = (side: readonly (readonly [string, string])[]) =>
  side.map(([price, size]) => [toDecimal(price), toDecimal(size)]);
const nearestDoubles = (side: readonly (readonly [string, string])[]) => side.map(([price]) => Number(price));

describe('levels lifted out of the text', () => {
  test('are those that a parser finds, in canonical text and with their keys, and the rest is the rest', () => {
    fc.assert(
      fc.property(levels, levels, fc.nat(), (b, a, u) => {
        const text = JSON.stringify({ stream: 'x@depth', data: { e: 'depthUpdate', u, b, a, T: 1 } });
        const lifted = liftLevels(text, DIFF_SIDES);
        expect(lifted?.bids).toEqual({ levels: canonical(b), keys: nearestDoubles(b) });
        expect(lifted?.asks).toEqual({ levels: canonical(a), keys: nearestDoubles(a) });
        expect(JSON.parse(lifted?.rest ?? '')).toEqual({
          stream: 'x@depth',
          data: { e: 'depthUpdate', u, b: 0, T: 1 },
        });
      }),
    );
  });

  test('are never made of text that a parser would read otherwise', () => {
    const good = '{"b":[["1.0","2"],["3","4.5"]],"a":[["5","6"]]}';
    // Among the characters three whose codes end as those of a digit, a quote and a bracket do.
    const characters = [...'0123456789.,:"[]{}ab -+e\\\n\u0135\u0122\u015d', ''];
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.constantFrom(...characters), fc.boolean(), (at, character, keep) => {
        const text = good.slice(0, at) + character + good.slice(keep ? at : at + 1);
        const lifted = liftLevels(text, DIFF_SIDES);
        const rest = parsed(lifted?.rest ?? text);
        const sides = sidesOf(lifted, rest?.b, rest?.a);
        if (sides) {
          const { b, a } = parsed(text) as { b: [string, string][]; a: [string, string][] };
          expect(sides.bids).toEqual({ levels: canonical(b), keys: nearestDoubles(b) });
          expect(sides.asks).toEqual({ levels: canonical(a), keys: nearestDoubles(a) });
        } else if (lifted) expect(rest).toBeNull();
      }),
      { numRuns: 3_000 },
    );
  });

  test('do not go on with what the message before has left behind', () => {
    const text = '{"b":[["1.25","2"],["3","4.5"]],"a":[["5","6"]]}';
    for (let length = 0; length < text.length - 1; length++) {
      expect(liftLevels(text, DIFF_SIDES)).not.toBeNull();
      expect(liftLevels(text.slice(0, length), DIFF_SIDES), text.slice(0, length)).toBeNull();
    }
  });

  test('are taken from behind a name in any script', () => {
    const text = '{"stream":"\u5e01\u5b89usdt@depth","b":[["1.50","2.0"]],"a":[["3","0.00"]],"s":"USDT"}';
    const lifted = liftLevels(text, DIFF_SIDES);
    expect(lifted).toMatchObject({ bids: { levels: [['1.5', '2']] }, asks: { levels: [['3', '0']] } });
    expect(JSON.parse(lifted?.rest ?? '')).toEqual({ stream: '\u5e01\u5b89usdt@depth', b: 0, s: 'USDT' });
    expect(liftLevels(text.replace('"s":"', '"s":"\u5e01'), DIFF_SIDES)).toBeNull();
  });

  test.each([
    ['whitespace between the members', '{"b": [["1","2"]], "a": []}'],
    ['the asks first', '{"a":[],"b":[["1","2"]]}'],
    ['a text that is too long for a number', `{"b":[["${'1'.repeat(41)}","2"]],"a":[]}`],
    ['a point with nothing behind it', '{"b":[["1.","2"]],"a":[]}'],
    ['a point with nothing before it', '{"b":[["1",".2"]],"a":[]}'],
    ['a zero in front', '{"b":[["01","2"]],"a":[]}'],
    ['a trailing comma', '{"b":[["1","2"],],"a":[]}'],
    ['no comma between levels', '{"b":[["1","2"]["3","4"]],"a":[]}'],
  ])('leave %s to the parser', (_name, text) => {
    expect(liftLevels(text, DIFF_SIDES)).toBeNull();
  });

  test('are as many as the largest message has, and the next message is read like the one before', () => {
    const b = Array.from({ length: 150_000 }, (_, index): [string, string] => [`${index}.25`, '1.00000000']);
    const text = JSON.stringify({ b, a: [] });
    expect(liftLevels(text, DIFF_SIDES)?.bids).toEqual({ levels: canonical(b), keys: nearestDoubles(b) });
    expect(liftLevels('{"b":[],"a":[["2","3"]]}', DIFF_SIDES)?.asks.levels).toEqual([['2', '3']]);
  });

  test('that stood elsewhere than the payload are not taken for its own', () => {
    const lifted = liftLevels('{"other":{"b":[],"a":[]},"b":[["1","2"]]}', DIFF_SIDES);
    const rest = JSON.parse(lifted?.rest ?? '{}') as { b?: unknown; a?: unknown };
    expect(sidesOf(lifted, rest.b, rest.a)).toBeNull();
  });
});

test.each([
  ['0', true],
  ['0.00000000', true],
  ['61737.63', true],
  ['', false],
  ['.5', false],
  ['5.', false],
  ['-1', false],
  ['+1', false],
  ['1e5', false],
  ['1.2.3', false],
  ['NaN', false],
  ['1'.repeat(41), false],
  [5, false],
  [null, false],
])('isDecimalText(%j) is %s', (text, expected) => {
  expect(isDecimalText(text)).toBe(expected);
});
