import { beforeEach, describe, expect, test } from 'vitest';
import { type Fence, Fenced, LEASE_MS, type LeaseRequest, type Leases, type LeaseView } from '../../src/bus/lease.ts';
import { LeaseKeeper } from '../../src/workers/lease-keeper.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { silentLog } from '../support/server.ts';

/** Leases in memory, on the clock of the test: what the store promises, told apart from how it does it. */
class HandLeases implements Leases {
  readonly #clock: FakeClock;
  readonly holders = new Map<string, Fence & { member: string; until: number }>();
  readonly members = new Map<string, { wants: readonly string[]; until: number }>();
  #tokens = 0;
  away = new Set<string>();

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  async exchange({ member, wants, keep, take, give }: LeaseRequest): Promise<LeaseView> {
    if (this.away.has(member) || this.away.has('all')) throw new Error('away');
    const until = this.#clock.now() + LEASE_MS;
    this.members.set(member, { wants, until });
    for (const { name, token } of give) if (this.holders.get(name)?.token === token) this.holders.delete(name);
    const held: Fence[] = [];
    for (const { name, token } of keep) {
      const holder = this.holders.get(name);
      if (holder && holder.token !== token) continue;
      this.holders.set(name, { name, token, member, until });
      held.push({ name, token });
    }
    for (const name of take) {
      if (this.#lasting(this.holders.get(name))) continue;
      const token = ++this.#tokens;
      this.holders.set(name, { name, token, member, until });
      held.push({ name, token });
    }
    const holders = [...this.holders]
      .filter(([, one]) => this.#lasting(one))
      .map(([name, one]) => [name, one.member] as const);
    const there = [...this.members]
      .filter(([, one]) => this.#lasting(one))
      .map(([name, one]) => [name, one.wants] as const);
    return { held, holders: new Map(holders), superseded: [], members: new Map(there) };
  }

  async leave(member: string, held: readonly Fence[]): Promise<void> {
    this.members.delete(member);
    for (const { name, token } of held) if (this.holders.get(name)?.token === token) this.holders.delete(name);
  }

  #lasting(one: { until: number } | undefined): boolean {
    return one !== undefined && one.until > this.#clock.now();
  }
}

const NAMES = ['a', 'b', 'c', 'd'];

let clock: FakeClock;
let leases: HandLeases;
/** What runs where, as `<process>:<job>`; a job that runs twice stands here twice. */
let running: string[];
let announce: (fence: Fence) => Promise<void>;

beforeEach(() => {
  clock = new FakeClock();
  leases = new HandLeases(clock);
  running = [];
  announce = async () => undefined;
});

function keeper(process: string, names: readonly string[] = NAMES): LeaseKeeper {
  return new LeaseKeeper({
    leases,
    jobs: names.map((name) => ({
      name,
      start: () => {
        const entry = `${process}:${name}`;
        running.push(entry);
        return async () => {
          running = running.filter((one) => one !== entry);
        };
      },
    })),
    announce: (fence) => announce(fence),
    clock,
    log: silentLog,
  });
}

const jobsOf = (process: string) => running.filter((entry) => entry.startsWith(`${process}:`)).length;

/** The name under which a keeper is there: the one that came last. */
const lastMember = () => [...leases.members.keys()].at(-1) ?? '';

describe('a process alone', () => {
  test('does everything at once, and gives everything back at its end', async () => {
    const one = keeper('one');
    one.start();
    await clock.advance(0);
    expect(running.length).toBe(4);
    await one.stop();
    expect(running).toEqual([]);
    expect(leases.holders.size + leases.members.size).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test('goes on while the store is away, and after it under the same leases', async () => {
    const one = keeper('one');
    one.start();
    await clock.advance(1_000);
    const before = new Map([...leases.holders].map(([name, { token }]) => [name, token]));
    leases.away.add('all');
    await clock.advance(60_000);
    expect(running.length).toBe(4);
    leases.away.clear();
    await clock.advance(1_000);
    expect(running.length).toBe(4);
    expect(new Map([...leases.holders].map(([name, { token }]) => [name, token]))).toEqual(before);
  });

  test('begins a job only when earlier holders are refused, and tries that again', async () => {
    let refuses = true;
    announce = async () => {
      if (refuses) throw new Error('away');
    };
    const one = keeper('one');
    one.start();
    await clock.advance(5_000);
    expect(running).toEqual([]);
    refuses = false;
    await clock.advance(500);
    expect(running.length).toBe(4);
  });

  test('gives up a lease under which it is refused itself', async () => {
    const one = keeper('one', ['a']);
    announce = () => Promise.reject(new Fenced('a'));
    one.start();
    await clock.advance(100);
    expect(one.held).toEqual([]);
    expect(running).toEqual([]);
  });
});

describe('several processes', () => {
  test('share the work when one comes, and nothing ever runs twice', async () => {
    const one = keeper('one');
    one.start();
    await clock.advance(1_000);
    const two = keeper('two');
    two.start();
    for (let ms = 0; ms < 10_000; ms += 100) {
      await clock.advance(100);
      const jobs = running.map((entry) => entry.split(':')[1]);
      expect(new Set(jobs).size).toBe(jobs.length);
    }
    expect([jobsOf('one'), jobsOf('two')]).toEqual([2, 2]);
    await two.stop();
    await clock.advance(2 * LEASE_MS);
    expect([jobsOf('one'), jobsOf('two')]).toEqual([4, 0]);
  });

  test('take over what one did that died with the very exchange that finds its leases run out', async () => {
    const one = keeper('one');
    one.start();
    await clock.advance(1_000);
    keeper('two').start();
    await clock.advance(10_000);
    leases.away.add([...leases.members.keys()][0] ?? '');
    await clock.advance(LEASE_MS - 1);
    expect(jobsOf('two')).toBe(2);
    await clock.advance(1);
    expect(jobsOf('two')).toBe(4);
  });

  test('one that stood still ends what was taken from it as soon as it hears of it', async () => {
    keeper('one').start();
    await clock.advance(1_000);
    const first = lastMember();
    keeper('two').start();
    leases.away.add(first);
    await clock.advance(6_000);
    expect([jobsOf('one'), jobsOf('two')]).toEqual([4, 4]);
    leases.away.clear();
    await clock.advance(1_000);
    expect([jobsOf('one'), jobsOf('two')]).toEqual([0, 4]);
    await clock.advance(10_000);
    expect([jobsOf('one'), jobsOf('two')]).toEqual([2, 2]);
  });

  test.each(['all that they held', 'nothing'])(
    'who is back first after the store was away, with %s, leaves the others their work',
    async (kept) => {
      keeper('one').start();
      await clock.advance(1_000);
      const first = lastMember();
      keeper('two').start();
      await clock.advance(10_000);
      const before = [...running];
      leases.away.add('all');
      await clock.advance(2 * LEASE_MS);
      if (kept === 'nothing') for (const held of [leases.holders, leases.members]) held.clear();
      leases.away = new Set([first]);
      await clock.advance(LEASE_MS - 1_000);
      leases.away.clear();
      await clock.advance(10_000);
      expect(running).toEqual(before);
      // One that does not come back is followed all the same.
      leases.away.add('all');
      await clock.advance(2 * LEASE_MS);
      leases.away = new Set([first]);
      await clock.advance(LEASE_MS + 1_000);
      expect(jobsOf('two')).toBe(4);
    },
  );

  test('one that comes while the store is away leaves the others theirs too', async () => {
    keeper('one').start();
    await clock.advance(1_000);
    const first = lastMember();
    leases.away.add('all');
    keeper('two').start();
    await clock.advance(2 * LEASE_MS);
    leases.away = new Set([first]);
    await clock.advance(LEASE_MS - 1_000);
    leases.away.clear();
    await clock.advance(1_000);
    expect([jobsOf('one'), jobsOf('two')]).toEqual([4, 0]);
  });

  test('each does what only it can', async () => {
    keeper('one', ['a', 'b', 'c']).start();
    keeper('two', ['d']).start();
    await clock.advance(10_000);
    expect([jobsOf('one'), jobsOf('two')]).toEqual([3, 1]);
  });
});
