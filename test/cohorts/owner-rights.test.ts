import { beforeEach, describe, expect, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import type { Delivery } from '../../src/cohorts/delivery.ts';
import { EVERYTHING } from '../../src/cohorts/predicate.ts';
import { subscribeEvents, subscribeState } from '../../src/cohorts/request.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { ApiError } from '../../src/lib/errors.ts';
import type { Identity } from '../../src/model/identity.ts';
import type { Context } from '../../src/schema/context.ts';
import { contextOf, DirectReader, directDelivery } from '../support/direct-delivery.ts';
import { type HeldBus, heldBus } from '../support/held-bus.ts';
import { price } from '../support/market.ts';
import { ALICE, ALICE_TOO, BOB, balance, balances, note, notes, user } from '../support/owner-schema.ts';
import { silentLog } from '../support/server.ts';
import { quietly, until } from '../support/until.ts';

const NOTES = 'subscription ($after: Cursor) { notes(after: $after) { owner number } }';
const BALANCES = 'subscription { balances { owner amount } }';
const PRICES = 'subscription { prices { price } }';

const [alice, bob] = [user('alice', [ALICE, ALICE_TOO]), user('bob', [BOB])];
const LOST = new ApiError('UNAUTHENTICATED', 'The token was revoked.');

const isAlice = ({ identity }: Context) => identity?.userId === 'alice';

describe('a right that is lost', () => {
  let bus: HeldBus;
  let delivery: Delivery<Context>;

  beforeEach(() => {
    bus = heldBus(createMemoryBus({ clock: systemClock, log: silentLog }));
    delivery = directDelivery(bus);
  });

  const follow = (identity: Identity | null, query: string, variables = {}) =>
    new DirectReader().subscribe(delivery, contextOf(bus, identity), query, variables);

  test('ends what it allowed, live or behind, with the error; nothing is written after it', async () => {
    const readers = [await follow(alice, NOTES), await follow(alice, NOTES), await follow(alice, BALANCES)];
    const [, behind] = readers;
    if (behind) behind.blocked = true;
    await bus.publishEvent(notes, note(ALICE, 1));
    await bus.publishState(balances, balance(ALICE, 1));
    const written = readers.map(({ frames }) => frames.length);
    expect(written).toEqual([1, 0, 1]);
    delivery.revoke(isAlice, LOST);
    await bus.publishEvent(notes, note(ALICE, 2));
    await bus.publishState(balances, balance(ALICE, 2));
    behind?.resume();
    await quietly();
    for (const reader of readers) expect(await reader.ending()).toBe(LOST);
    expect(readers.map(({ frames }) => frames.length)).toEqual(written);
    expect(delivery.questions).toBe(0);
  });

  test('leaves others, and what is public, as they are', async () => {
    const readers = [await follow(bob, NOTES), await follow(alice, PRICES), await follow(null, PRICES)];
    delivery.revoke(isAlice, LOST);
    await bus.publishEvent(notes, note(BOB, 1));
    await bus.publishState(topics.prices, price('A', '1'));
    expect(readers.map(({ frames }) => frames.length)).toEqual([1, 1, 1]);
  });

  test('ends what is just being made on it', async () => {
    bus.hold();
    const joining = [follow(alice, NOTES), follow(alice, BALANCES)];
    await until('they are being joined', () => bus.waiting >= 2);
    delivery.revoke(isAlice, LOST);
    bus.release();
    for (const reader of await Promise.all(joining)) expect(await reader.ending()).toBe(LOST);
    expect(delivery.questions).toBe(0);
  });

  test('ends what was allowed a moment before there was anything to end', async () => {
    const joining = follow(alice, NOTES);
    delivery.revoke(isAlice, LOST);
    await expect(joining).rejects.toBe(LOST);
    expect(delivery.questions).toBe(0);
  });

  test('is not lost twice, nor remembered: who comes with a new one is let in, and gets on from its cursor', async () => {
    const before = await follow(alice, NOTES);
    await bus.publishEvent(notes, note(ALICE, 1));
    delivery.revoke(isAlice, LOST);
    await bus.publishEvent(notes, note(ALICE, 2));
    const again = await follow(alice, NOTES, { after: before.cursors[0] });
    expect(again.frames).toEqual([{ owner: ALICE, number: 2 }]);
  });

  test('to one of two addresses makes the cursor of both worthless', async () => {
    const before = await follow(alice, NOTES);
    const left = user('alice', [ALICE]);
    await expect(follow(left, NOTES, { after: before.progress })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('a topic of owners', () => {
  const mine = { asked: [ALICE], covered: [ALICE] };

  test('is not subscribed to without saying whose, and no other topic by saying it', () => {
    expect(() => subscribeEvents(notes)).toThrow(/not named/);
    expect(() => subscribeState(balances)).toThrow(/not named/);
    expect(() => subscribeEvents(topics.trades, { owners: mine })).toThrow(/has none/);
  });

  test('of states is chosen by owner, and by no other route', () => {
    const predicate = { ...EVERYTHING, routes: ['A'] };
    expect(() => subscribeState(balances, { owners: mine, predicate })).toThrow(/owners/);
  });

  test('gives no value of another owner, even under a key that leads to the asked one', () => {
    const { predicate } = subscribeState(balances, { owners: mine }).request;
    expect(predicate.routes).toEqual([ALICE.toLowerCase()]);
    expect(predicate.test?.(balance(ALICE.toLowerCase(), 1))).toBe(true);
    expect(predicate.test?.(balance(BOB, 1))).toBe(false);
  });
});
