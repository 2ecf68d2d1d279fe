import type { Position } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { Following, type Ping } from '../support/followers.ts';
import { type HeldBus, heldBus } from '../support/held-bus.ts';
import { silentLog, type TestServer, testServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { WireClient } from '../support/wire-client.ts';
import type { Asking, Shown, SubscriptionFixture } from './subscription-fixtures.ts';

/** What every payload says of its delivery. */
export interface Payload {
  readonly matches: boolean;
  readonly snapshot?: boolean;
  readonly conflated?: number;
  readonly sequence?: number;
  readonly cursor?: string;
  readonly replayed?: boolean;
  readonly [selected: string]: unknown;
}

/** A server whose buses can be held and broken, one client of it, and a field that is examined. */
export interface Exam {
  readonly server: TestServer;
  /** The bus that carries the field's topic. */
  readonly bus: HeldBus;
  readonly client: WireClient;
  /** Keys to publish. */
  readonly keys: readonly string[];
  publish(shown: Shown): Promise<Position>;
  /** Publishes these numbers of every key, in turn. */
  publishAll(from: number, to: number): Promise<void>;
  /** Subscribes. @param more arguments beside those of the asking. */
  follow(id: string, asking: Asking, form: 'inline' | 'variables', more?: string): Following;
  /** What came to an operation. */
  frames(id: string): readonly Payload[];
  /** What came to it of what was published here, not by the server itself. */
  payloads(id: string): readonly Payload[];
  shown(id: string): readonly Shown[];
}

export async function beginExam(field: string, fixture: SubscriptionFixture): Promise<Exam> {
  const row = Object.values(topics).find(({ name }) => name === fixture.topic.name);
  const make = () => heldBus(createMemoryBus({ clock: systemClock, log: silentLog }));
  const buses = { shared: make(), process: make() };
  const bus = buses[row?.reach ?? 'shared'];
  const { seams = {} } = fixture;
  const server = await testServer({ bus: buses.shared, own: buses.process, clock: new FakeClock(), seams });
  const client = await WireClient.connect(server.url);
  const acknowledged = client.received.find(({ type }) => type === 'connection_ack')?.payload;
  const keys = fixture.keys((acknowledged as { sessionId: string }).sessionId);
  const followings = new Map<string, Following>();
  const publish = (shown: Shown) => fixture.publish(bus, shown);
  const frames = (id: string) => followings.get(id)?.frames<Payload>(field) ?? [];
  const payloads = (id: string) => frames(id).filter((payload) => fixture.read(payload) !== null);
  const facts = fixture.topic.kind === 'state' ? 'sequence snapshot stale conflated' : 'cursor replayed';
  return {
    server,
    bus,
    client,
    keys,
    publish,
    publishAll: async (from, to) => {
      for (let number = from; number <= to; number++) for (const key of keys) await publish({ key, number });
    },
    follow: (id, asking, form, more = '') => {
      const args = [form === 'inline' ? asking.inline : asking.args, more].filter((text) => text !== '').join(', ');
      const selection = `id ${fixture.selection} matches ${facts} ${asking.selection ?? ''}`;
      const declared = form === 'inline' ? '' : `(${asking.declared})`;
      const query = `subscription ${declared} { ${field}${args && `(${args})`} { ${selection} } }`;
      const following = new Following(client, id, query, form === 'inline' ? undefined : asking.variables);
      followings.set(id, following);
      return following;
    },
    frames,
    payloads,
    shown: (id) => payloads(id).flatMap((payload) => fixture.read(payload) ?? []),
  };
}

/** Resolves when the server has said that it is live, with what it said. */
export async function whenLive(following: Following): Promise<Ping> {
  await until(`${following.id} is live`, () => following.frames('').length >= 0 && following.live);
  const said = following.messages.find(
    ({ type, payload }) => type === 'ping' && (payload as Ping).live.includes(following.id),
  );
  return said?.payload as Ping;
}
