import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Ladder } from '../../../src/engines/book/ladder.ts';
import { decimal } from '../../../src/lib/decimal.ts';
import type { Level } from '../../../src/model/book.ts';

interface Entry {
  readonly key: number;
  readonly level: Level;
}

let made = 0;
const newLevel = (): Level => [decimal(String(made++)), decimal('1')];

const contents = (ladder: Ladder): Entry[] =>
  Array.from({ length: ladder.length }, (_, index) => ({ key: ladder.key(index), level: ladder.level(index) }));

/** Goes to a key, on both; the place among the plain entries. */
function seek(ladder: Ladder, plain: readonly Entry[], key: number): number {
  const found = plain.findIndex((entry) => entry.key >= key);
  const place = found < 0 ? plain.length : found;
  expect(ladder.seek(key)).toBe(plain[place]?.key === key);
  expect(ladder.isNext(key)).toBe(plain[place]?.key === key);
  return place;
}

const step = fc.record({
  // Keys that meet often, both near the last one and far from it, and so many levels that the room has to grow.
  key: fc.oneof(fc.nat({ max: 400 }), fc.nat({ max: 12 })),
  what: fc.constantFrom('insert', 'insert', 'insert', 'replace', 'remove', 'look'),
});

it('holds what a plain sorted list holds, wherever the cursor goes', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (steps) => {
      const ladder = new Ladder();
      const plain: Entry[] = [];
      for (const { key, what } of steps) {
        const place = seek(ladder, plain, key);
        const level = newLevel();
        const held = place < plain.length;
        if (held) expect(ladder.next).toBe(plain[place]?.level);
        if (what === 'insert') {
          ladder.insertNext(key, level);
          plain.splice(place, 0, { key, level });
        } else if (what === 'replace' && held) {
          ladder.replaceNext(level);
          plain.splice(place, 1, { key: plain[place]?.key as number, level });
        } else if (what === 'remove' && held) {
          ladder.removeNext();
          plain.splice(place, 1);
        }
        expect(ladder.length).toBe(plain.length);
      }
      expect(contents(ladder)).toEqual(plain);
    }),
    { numRuns: 200 },
  );
});

it('goes through levels of one key one by one', () => {
  const ladder = new Ladder();
  const levels = [newLevel(), newLevel(), newLevel()];
  for (const level of levels.toReversed()) {
    ladder.seek(5);
    ladder.insertNext(5, level);
  }
  ladder.seek(9);
  ladder.insertNext(9, newLevel());
  expect(ladder.seek(5)).toBe(true);
  const seen: Level[] = [];
  for (; ladder.isNext(5); ladder.skipNext()) seen.push(ladder.next);
  expect(seen).toEqual(levels);
  expect(ladder.isNext(9)).toBe(true);
});

it('keeps thousands of levels in order through long ways of the cursor', () => {
  const ladder = new Ladder();
  const plain: Entry[] = [];
  for (let index = 0; index < 3_000; index++) {
    // From one end to the other and back, each time a little nearer.
    const key = index % 2 === 0 ? index : 10_000 - index;
    const place = seek(ladder, plain, key);
    const level = newLevel();
    ladder.insertNext(key, level);
    plain.splice(place, 0, { key, level });
  }
  expect(contents(ladder)).toEqual(plain);
});
