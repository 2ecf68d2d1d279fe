import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leasePlan } from '../../src/workers/lease-plan.ts';

const WANTS = ['chain:137', 'chain:56', 'market', 'risk'];

const planOf = (members: Record<string, readonly string[]>, holders: Record<string, string> = {}) =>
  leasePlan({ members: new Map(Object.entries(members)), holders: new Map(Object.entries(holders)) });

const loads = (plan: ReadonlyMap<string, string>) => {
  const counts: Record<string, number> = {};
  for (const member of plan.values()) counts[member] = (counts[member] ?? 0) + 1;
  return counts;
};

test('one member has everything, two share evenly, and of five one has nothing', () => {
  expect(loads(planOf({ a: WANTS }))).toEqual({ a: 4 });
  expect(loads(planOf({ a: WANTS, b: WANTS }))).toEqual({ a: 2, b: 2 });
  expect(Object.values(loads(planOf({ a: WANTS, b: WANTS, c: WANTS, d: WANTS, e: WANTS })))).toEqual([1, 1, 1, 1]);
});

test('who has a lease keeps it within its share: who comes takes no more than its own', () => {
  const before = { 'chain:137': 'a', 'chain:56': 'a', market: 'a', risk: 'a' };
  const plan = planOf({ a: WANTS, b: WANTS }, before);
  expect(loads(plan)).toEqual({ a: 2, b: 2 });
  // And then nothing moves any more.
  expect(planOf({ a: WANTS, b: WANTS }, Object.fromEntries(plan))).toEqual(plan);
});

test('what only one can do stays with it, over its share', () => {
  const plan = planOf({ a: WANTS, b: ['other'] });
  expect(loads(plan)).toEqual({ a: 4, b: 1 });
});

test('every member makes the same plan, in whatever order it hears of the others', () => {
  expect(planOf({ b: WANTS, a: [...WANTS].reverse() })).toEqual(planOf({ a: WANTS, b: WANTS }));
});

describe('shares of a kind', () => {
  const sharesOf = (kind: string, of: number) => Array.from({ length: of }, (_, at) => `${kind}:${at + 1}/${of}`);
  const many = [...sharesOf('bots', 4), 'candles', 'market', 'risk', 'signals', ...sharesOf('trading', 4)];
  const ofKind = (plan: ReadonlyMap<string, string>, kind: string) =>
    loads(new Map([...plan].filter(([name]) => name.startsWith(`${kind}:`))));

  test('are spread, also where the first has had everything', () => {
    const everything = Object.fromEntries(many.map((name) => [name, 'a']));
    for (const before of [{}, everything]) {
      const plan = planOf({ a: many, b: many }, before);
      expect(loads(plan)).toEqual({ a: 6, b: 6 });
      for (const kind of ['bots', 'trading']) expect(ofKind(plan, kind)).toEqual({ a: 2, b: 2 });
    }
  });

  test('are spread over any number evenly, whoever had them, and then nothing moves any more', () => {
    const size = fc.integer({ min: 1, max: 9 });
    const dealt = fc.record({ members: size, kinds: fc.array(size, { maxLength: 3 }), alone: size, seed: fc.nat() });
    fc.assert(
      fc.property(dealt, ({ members, kinds, alone, seed }) => {
        const names = [
          ...kinds.flatMap((of, kind) => sharesOf(`k${kind}`, of)),
          ...Array.from({ length: alone }, (_, at) => `w${at}`),
        ];
        const all = Object.fromEntries(Array.from({ length: members }, (_, at) => [`m${at}`, names]));
        // Of the last nobody is there any more.
        const had = names.map((name, at) => [name, `m${Math.floor(seed / (at + 1)) % (members + 1)}`]);
        const plan = planOf(all, Object.fromEntries(had));
        expect(plan.size).toBe(names.length);
        expect(Math.max(...Object.values(loads(plan)))).toBeLessThanOrEqual(Math.ceil(names.length / members));
        for (const [kind, of] of kinds.entries())
          expect(Math.max(...Object.values(ofKind(plan, `k${kind}`)))).toBeLessThanOrEqual(Math.ceil(of / members));
        expect(planOf(all, Object.fromEntries(plan))).toEqual(plan);
      }),
      // The first was found by chance: a member that took what was left over of two kinds had no room for its share of the third.
      { numRuns: 200, examples: [[{ members: 4, kinds: [5, 5, 4], alone: 1, seed: 0 }]] },
    );
  });
});
