import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Identity } from '../../src/model/identity.ts';
import { eventsOf } from '../support/event-source.ts';
import { Following } from '../support/followers.ts';
import { HttpStream } from '../support/http-stream.ts';
import { ALICE, ALICE_TOO, BOB, balance, balances, note, notes, ownerSchema, user } from '../support/owner-schema.ts';
import { silentLog, type TestServer, testServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { WireClient } from '../support/wire-client.ts';

const NOTES = `subscription ($after: Cursor, $last: Int) {
  notes(after: $after, last: $last) { id owner number cursor replayed }
}`;
const BALANCES = 'subscription { balances { id owner amount conflated matches snapshot } }';

/** Updates given to a reader that has stopped: several windows full. */
const MANY = 2_000;

interface Given {
  readonly owner: string;
  readonly number: number;
  readonly amount: number;
  readonly conflated: number;
  readonly cursor: string;
}

const [alice, bob] = [user('alice', [ALICE, ALICE_TOO]), user('bob', [BOB])];

/** A server to which each connection of a client comes as somebody. */
async function serverOfOwners(streamsAs: Identity | null = null) {
  const bus: Bus = createMemoryBus({ clock: systemClock, log: silentLog });
  const who = new Map<string, Identity>();
  const identityOf = (connection: { readonly id: string } | null) =>
    connection ? (who.get(connection.id) ?? null) : streamsAs;
  const server: TestServer = await testServer({ bus, seams: { schema: ownerSchema, identityOf } });
  const connect = async (identity: Identity | null) => {
    const client = await WireClient.connect(server.url);
    const acknowledged = client.received.find(({ type }) => type === 'connection_ack');
    if (!acknowledged) throw new Error('connected without an acknowledgement');
    const { sessionId } = acknowledged.payload as { sessionId: string };
    if (identity) who.set(sessionId, identity);
    return client;
  };
  return { server, bus, connect };
}

const everything = (following: Following, field: string) => following.frames<Given>(field);

const whose = (given: readonly Given[]) => [...new Set(given.map(({ owner }) => owner))].sort();

describe('two users who ask the same', () => {
  test('never see each other’s events: live, from the past, resumed, and after they fell behind', async () => {
    const { bus, connect } = await serverOfOwners();
    const write = async (number: number) => {
      for (const owner of [ALICE, BOB, ALICE_TOO]) await bus.publishEvent(notes, note(owner, number));
    };
    for (const number of [1, 2, 3]) await write(number);
    for (const [identity, owners] of [
      [alice, [ALICE, ALICE_TOO].sort()],
      [bob, [BOB]],
    ] as const) {
      const client = await connect(identity);
      const other = await connect(identity === bob ? alice : bob);
      const following = new Following(client, 'a', NOTES, { last: 500 });
      const others = new Following(other, 'a', NOTES, { last: 500 });
      await until('both are live', () => following.live && others.live);
      const before = everything(following, 'notes').length;
      expect(whose(everything(following, 'notes'))).toEqual(owners);
      const [first] = everything(following, 'notes');
      await write(1_000 + before);
      const resumed = new Following(client, 'b', NOTES, { after: first?.cursor });
      await until('it is taken up', () => resumed.live);
      client.socket.pause();
      for (let number = 1; number <= MANY; number++) {
        await write(10_000 * before + number);
        if (number % 25 === 0) await turn();
      }
      client.socket.resume();
      const last = 10_000 * before + MANY;
      for (const one of [following, resumed]) {
        await until('the last came', () =>
          owners.every((owner) => everything(one, 'notes').some((it) => it.owner === owner && it.number === last)),
        );
        expect(whose(everything(one, 'notes'))).toEqual(owners);
        for (const owner of owners) {
          const numbers = everything(one, 'notes').flatMap((it) => (it.owner === owner ? [it.number] : []));
          expect(numbers.slice(-MANY)).toEqual(Array.from({ length: MANY }, (_, at) => 10_000 * before + at + 1));
          expect(new Set(numbers).size).toBe(numbers.length);
        }
      }
      other.complete('a');
    }
  });

  test('never see each other’s states: from the snapshot on, folded while they fell behind, and by their ids', async () => {
    const { bus, connect } = await serverOfOwners();
    const clients = [await connect(alice), await connect(bob)];
    await bus.publishState(balances, balance(ALICE, 0));
    await bus.publishState(balances, balance(BOB, 0));
    const followings = clients.map((client) => new Following(client, 'a', BALANCES));
    await until('both are live', () => followings.every(({ live }) => live));
    for (const { socket } of clients) socket.pause();
    for (let amount = 1; amount <= MANY; amount++) {
      for (const owner of [ALICE, BOB]) await bus.publishState(balances, balance(owner, amount));
      if (amount % 25 === 0) await turn();
    }
    for (const { socket } of clients) socket.resume();
    for (const [following, owner] of [
      [followings[0], ALICE],
      [followings[1], BOB],
    ] as const) {
      if (!following) throw new Error('two were made');
      await until('the newest came', () => everything(following, 'balances').at(-1)?.amount === MANY);
      expect(whose(everything(following, 'balances'))).toEqual([owner]);
      expect(everything(following, 'balances').some(({ conflated }) => conflated > 0)).toBe(true);
    }
  });

  test('are refused each other’s owner by name, and nobody is let in without a name', async () => {
    const { connect } = await serverOfOwners();
    const named = `subscription { notes(filter: {owner: "${ALICE}"}) { number } }`;
    for (const [identity, text, code] of [
      [bob, named, 'FORBIDDEN'],
      [null, named, 'UNAUTHENTICATED'],
      [null, NOTES, 'UNAUTHENTICATED'],
      [null, BALANCES, 'UNAUTHENTICATED'],
    ] as const) {
      const client = await connect(identity);
      client.subscribe('a', text);
      expect((await client.error('a')).extensions).toMatchObject({ code, requestId: expect.any(String) });
      client.subscribe('b', 'subscription { systemStatus { status } }');
      await client.next('b');
    }
  });
});

describe('a stream of server-sent events over several addresses', () => {
  test('has in each id where all of them stand, and goes on from it', async () => {
    const { server, bus } = await serverOfOwners(alice);
    const query = 'subscription { notes { owner number } }';
    const open = (headers = {}) => HttpStream.open(server.url, 'text/event-stream', { query, headers });
    const [stream, same] = [await open(), await open()];
    await Promise.all([stream.take(2), same.take(2)]);
    for (const number of [1, 2])
      for (const owner of [ALICE, ALICE_TOO]) await bus.publishEvent(notes, note(owner, number));
    await Promise.all([stream.take(6), same.take(6)]);
    const shown = (text: string) =>
      eventsOf(text).events.map(({ data }) => {
        const { owner, number } = (JSON.parse(data) as { data: { notes: Given } }).data.notes;
        return [owner, number];
      });
    const all = [
      [ALICE, 1],
      [ALICE_TOO, 1],
      [ALICE, 2],
      [ALICE_TOO, 2],
    ];
    expect(shown(stream.text)).toEqual(all);
    expect(same.text).toBe(stream.text);
    const ids = [...stream.text.matchAll(/^id: (.+)\nevent/gm)].map(([, id = '']) => id);
    expect(ids.map((id) => id.split('.').length)).toEqual([2, 2, 2, 2]);
    for (const [at, id] of ids.entries()) {
      const again = await open({ 'last-event-id': id });
      const rest = all.slice(at + 1);
      await again.take(rest.length + 2);
      expect(shown(again.text).toSorted()).toEqual(rest.toSorted());
    }
    const others = await open({ 'last-event-id': Buffer.from(`notes:x:1:${BOB}`).toString('base64url') });
    await others.until('FORBIDDEN');
  });
});

describe('where identity is required', () => {
  test('what is public is refused to nobody in particular, over every transport', async () => {
    const { url } = await testServer({ requireIdentity: true });
    const client = await WireClient.open(url);
    client.send({ type: 'connection_init' });
    // A code that the official client retries, with a credential then.
    expect((await client.closed).code).toBe(4403);
    const stream = await HttpStream.open(url, 'text/event-stream', { query: 'subscription { prices { price } }' });
    await stream.until('UNAUTHENTICATED');
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ serverTime }' }),
    });
    expect(JSON.stringify(await response.json())).toContain('UNAUTHENTICATED');
  });
});
