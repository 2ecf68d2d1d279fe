import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DIFF_SIDES, isDecimalText, liftLevels, sidesOf } from '../../../src/feeds/binance/levels.ts';

const decimal = fc
  .tuple(fc.nat(10 ** 9), fc.option(fc.stringMatching(/^\d{1,8}$/), { nil: undefined }))
  .map(([whole, fraction]) => (fraction === undefined ? `${whole}` : `${whole}.${fraction}`));
const levels = fc.array(fc.tuple(decimal, decimal), { maxLength: 30 });

function parsed(text: string): { readonly b?: unknown; readonly a?: unknown } | null {
  try {
    return JSON.parse(text) as { b?: unknown; a?: unknown };
  } catch {
    return null;
  }
}

describe('levels lifted out of the text', () => {
  test('are those that a parser finds, and the rest is the rest', () => {
    fc.assert(
      fc.property(levels, levels, fc.nat(), (b, a, u) => {
        const text = JSON.stringify({ stream: 'x@depth', data: { e: 'depthUpdate', u, b, a, T: 1 } });
        const lifted = liftLevels(text, DIFF_SIDES);
        expect(lifted).not.toBeNull();
        expect(lifted?.bids).toEqual(b);
        expect(lifted?.asks).toEqual(a);
        expect(JSON.parse(lifted?.rest ?? '')).toEqual({
          stream: 'x@depth',
          data: { e: 'depthUpdate', u, b: 0, T: 1 },
        });
      }),
    );
  });

  test('are never made of text that a parser would read otherwise', () => {
    const good = '{"b":[["1.0","2"],["3","4.5"]],"a":[["5","6"]]}';
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.constantFrom(...'0123456789.,:"[]{}ab -+e\\\n', ''), (at, character) => {
        const text = good.slice(0, at) + character + good.slice(at + 1);
        const lifted = liftLevels(text, DIFF_SIDES);
        const rest = parsed(lifted?.rest ?? text);
        const sides = sidesOf(lifted, rest?.b, rest?.a);
        if (sides) expect(parsed(text)).toEqual({ b: sides.bids, a: sides.asks });
        else if (lifted) expect(rest).toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['whitespace between the members', '{"b": [["1","2"]], "a": []}'],
    ['the asks first', '{"a":[],"b":[["1","2"]]}'],
    ['a text that is too long for a number', `{"b":[["${'1'.repeat(41)}","2"]],"a":[]}`],
    ['a trailing comma', '{"b":[["1","2"],],"a":[]}'],
    ['no comma between levels', '{"b":[["1","2"]["3","4"]],"a":[]}'],
  ])('leave %s to the parser', (_name, text) => {
    expect(liftLevels(text, DIFF_SIDES)).toBeNull();
  });

  test('of a message as large as any that is taken do not break the expression', () => {
    const b = Array.from({ length: 150_000 }, (_, index) => [`${index}.25`, '1.00000000']);
    const text = JSON.stringify({ b, a: [] });
    expect(liftLevels(text, DIFF_SIDES)?.bids.length).toBe(150_000);
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
