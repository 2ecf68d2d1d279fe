import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { SourceChoice, type SourceSays, SPEAKING_MS } from '../../../src/engines/prices/source-choice.ts';
import { decimal } from '../../../src/lib/decimal.ts';

const NOW = 1_000_000;
let choice: SourceChoice;

const says = (source: string, more: Partial<SourceSays> = {}): SourceSays => ({
  symbol: 'BTCUSD',
  source,
  price: decimal('100'),
  confidence: null,
  stale: false,
  receivedAt: NOW,
  preferred: false,
  ...more,
});

const best = (...names: string[]) => names.filter((name) => choice.isBest('BTCUSD', name));

beforeEach(() => {
  choice = new SourceChoice();
});

describe('the best source of a symbol', () => {
  it('is the only one, stale or not', () => {
    expect(choice.heard(says('a', { stale: true }), NOW)).toBe(true);
    expect(best('a')).toEqual(['a']);
    expect(choice.heard(says('a'), NOW)).toBe(false);
  });

  it('is the preferred one of those that are as good, whatever came first', () => {
    choice.heard(says('a'), NOW);
    expect(choice.heard(says('b', { preferred: true }), NOW)).toBe(true);
    expect(best('a', 'b')).toEqual(['b']);
    expect(choice.heard(says('a'), NOW + 1)).toBe(false);
  });

  it('is not one that is stale while another is not, and comes back with its freshness', () => {
    choice.heard(says('a', { preferred: true }), NOW);
    choice.heard(says('b'), NOW);
    expect(choice.heard(says('a', { preferred: true, stale: true }), NOW)).toBe(true);
    expect(best('a', 'b')).toEqual(['b']);
    expect(choice.heard(says('a', { preferred: true }), NOW)).toBe(true);
    expect(best('a', 'b')).toEqual(['a']);
  });

  it('is not one that has fallen silent while another speaks: told when it is looked for', () => {
    choice.heard(says('a', { preferred: true }), NOW);
    choice.heard(says('b', { receivedAt: NOW + 1 }), NOW + 1);
    expect(choice.review(NOW + SPEAKING_MS)).toEqual([]);
    expect(choice.review(NOW + SPEAKING_MS + 1)).toEqual(['BTCUSD']);
    expect(best('a', 'b')).toEqual(['b']);
  });

  it('stays when nobody speaks any more', () => {
    choice.heard(says('a', { preferred: true }), NOW);
    choice.heard(says('b'), NOW);
    expect(choice.review(NOW + 10 * SPEAKING_MS)).toEqual([]);
    expect(best('a', 'b')).toEqual(['a']);
  });

  it('is the more certain one, unless both are within a thousandth', () => {
    choice.heard(says('oracle', { preferred: true, confidence: decimal('0.11') }), NOW);
    choice.heard(says('venue'), NOW);
    expect(best('oracle', 'venue')).toEqual(['venue']);
    choice.heard(says('oracle', { preferred: true, confidence: decimal('0.1') }), NOW);
    expect(best('oracle', 'venue')).toEqual(['oracle']);
    choice.heard(says('venue', { confidence: decimal('2') }), NOW);
    choice.heard(says('oracle', { preferred: true, confidence: decimal('1') }), NOW);
    expect(best('oracle', 'venue')).toEqual(['oracle']);
  });

  it('is one, and the same for the same last words in whatever order they came', () => {
    const word = fc.record({
      stale: fc.boolean(),
      receivedAt: fc.integer({ min: NOW - 2 * SPEAKING_MS, max: NOW }),
      confidence: fc.constantFrom(null, decimal('0.05'), decimal('0.5'), decimal('1')),
      preferred: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), fc.nat(), (words, turn) => {
        // One that surely speaks: else the order decides who was chosen while somebody did.
        const said = [says('s0'), ...words.map((more, place) => says(`s${place + 1}`, more))];
        const names = said.map(({ source }) => source);
        const outcome = (order: readonly SourceSays[]) => {
          choice = new SourceChoice();
          for (const one of order) choice.heard(one, NOW);
          return best(...names);
        };
        const first = outcome(said);
        expect(first).toHaveLength(1);
        const shift = turn % said.length;
        expect(outcome([...said.slice(shift), ...said.slice(0, shift)])).toEqual(first);
      }),
    );
  });
});
