import { expect, test } from 'vitest';
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
