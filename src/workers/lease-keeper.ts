import { randomUUID } from 'node:crypto';
import { type Fence, Fenced, LEASE_MS, type Leases, type LeaseView } from '../bus/lease.ts';
import { background } from '../lib/background.ts';
import type { Cancel, Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { leasePlan } from './lease-plan.ts';

/** Between two exchanges, milliseconds: several fit into the life of a lease, so that one that is lost costs nothing. */
const EXCHANGE_MS = 500;

/** Before work is moved to a process that has come, milliseconds: who comes and goes again moves nothing. */
const SETTLED_MS = 3_000;

/** At a start, until a store that has not answered yet counts as away and not as being connected to, milliseconds. */
const CONNECTING_MS = 2 * EXCHANGE_MS;

/** Work that one process does at a time. It may begin and end many times in a life of this process. */
export interface Job {
  /** Of its lease. */
  readonly name: string;
  /** @returns what ends it in order: everything it took is then written. Everything it writes shows the fence. */
  start(fence: Fence): () => Promise<void>;
}

export interface LeaseKeeperOptions {
  readonly leases: Leases;
  readonly jobs: readonly Job[];
  /** Makes earlier holders be refused, before the job begins. It is tried again at the next exchange when it fails. */
  readonly announce: (fence: Fence) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

interface Held {
  readonly fence: Fence;
  readonly job: Job;
  /** Null until it was announced. */
  stop: (() => Promise<void>) | null;
  announcing: boolean;
  /** Set while it ends in order, to be given back afterwards. */
  giving: boolean;
}

/**
 * Runs the jobs whose leases this process holds, and takes, moves and gives back leases with the other processes. While the store is away
 * every holder goes on: nobody else can take its work then. When it is back, one whose lease was taken ends.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #log: Log;
  readonly #member = randomUUID();
  readonly #jobs: ReadonlyMap<string, Job>;
  readonly #held = new Map<string, Held>();
  /** Jobs whose lease is lost and that have not ended yet: they cannot begin again before. */
  readonly #ending = new Map<string, Promise<void>>();
  readonly #givenBack: Fence[] = [];
  /** By what is held: names in whose place it stands, of which it has to be told as well. */
  readonly #superseded = new Map<string, string[]>();
  readonly #freeSince = new Map<string, number>();
  #view: LeaseView = { held: [], holders: new Map(), superseded: [], members: new Map() };
  #membersSince = 0;
  /** When the store last began to be away; null while it answers. */
  #awaySince: number | null = null;
  /** Until when what nobody holds may be somebody's who has not come back yet. */
  #othersReturnUntil = 0;
  #cancel: Cancel | null = null;
  #exchanging: Promise<void> | null = null;
  #stopped = false;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    this.#log = options.log.child({ part: 'leases', member: this.#member });
    this.#jobs = new Map(options.jobs.map((job) => [job.name, job]));
  }

  /** Names of the leases that this process holds. */
  get held(): readonly string[] {
    return [...this.#held.keys()];
  }

  start(): void {
    this.#cancel = this.#options.clock.every(EXCHANGE_MS, () => this.#tick());
    this.#tick();
  }

  /** Ends all jobs in order, and gives their leases back. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#exchanging;
    // Renewed meanwhile: what a job still has to write must not be refused.
    await Promise.all([...this.#held.values()].map((held) => this.#end(held)));
    await Promise.all(this.#ending.values());
    this.#cancel?.();
    await this.#exchanging;
    const fences = [...this.#held.values()].map(({ fence }) => fence);
    await this.#options.leases.leave(this.#member, [...fences, ...this.#givenBack]).catch((error: unknown) => {
      this.#log.warn({ reason: messageOf(error) }, 'leases could not be given back; they run out by themselves');
    });
  }

  #tick(): void {
    if (this.#exchanging) return;
    this.#exchanging = this.#exchange()
      // What one shows to be free the next takes, and at once: nobody does that work meanwhile.
      .then((free) => (free ? this.#exchange() : free))
      .then(() => undefined)
      .finally(() => {
        this.#exchanging = null;
      });
    background('exchange leases', this.#exchanging, this.#log);
  }

  /** Resolves with whether there is something to be taken that was not asked for. */
  async #exchange(): Promise<boolean> {
    const { leases, clock } = this.#options;
    const give = this.#givenBack.splice(0);
    const keep = [...this.#held.values()].map(({ fence }) => fence);
    // What was seen to be free before the store was away need not be any more.
    const take = this.#stopped || this.#awaySince !== null ? [] : this.#wanted();
    let view: LeaseView;
    try {
      view = await leases.exchange({ member: this.#member, wants: [...this.#jobs.keys()], keep, take, give });
    } catch (error) {
      this.#givenBack.push(...give);
      this.#awaySince ??= clock.now();
      this.#log.debug({ reason: messageOf(error) }, 'leases cannot be renewed now; what is held goes on');
      return false;
    }
    this.#isBack();
    if (!sameMembers(view, this.#view)) this.#membersSince = clock.now();
    this.#view = view;
    for (const [name, other] of view.superseded)
      this.#superseded.set(name, [...(this.#superseded.get(name) ?? []), other]);
    const tokens = new Map(view.held.map(({ name, token }) => [name, token]));
    for (const fence of keep) if (tokens.get(fence.name) !== fence.token) this.#lost(fence);
    // One that was kept may have been given back meanwhile.
    for (const fence of view.held) if (take.includes(fence.name)) this.#took(fence);
    for (const held of this.#held.values()) if (!held.stop && !held.giving) this.#begin(held);
    this.#moveAway();
    return !this.#stopped && this.#wanted().some((name) => !take.includes(name));
  }

  /**
   * A store that was away has let everybody's leases run out, or comes back without them. Their holders went on, and have a lease's time to
   * renew them: who is back first would else take all the work of the others, and begin anew what never ended.
   */
  #isBack(): void {
    if (this.#awaySince === null) return;
    const now = this.#options.clock.now();
    const connecting = this.#view.members.size === 0 && now - this.#awaySince <= CONNECTING_MS;
    this.#awaySince = null;
    this.#freeSince.clear();
    if (!connecting) this.#othersReturnUntil = now + LEASE_MS;
  }

  /** Those that the plan gives to this process, and those that nobody takes although it is another's turn. */
  #wanted(): readonly string[] {
    const now = this.#options.clock.now();
    const plan = leasePlan(this.#view);
    return [...this.#jobs.keys()].filter((name) => {
      if (this.#held.has(name) || this.#ending.has(name)) return false;
      if (this.#view.holders.has(name)) {
        this.#freeSince.delete(name);
        return plan.get(name) === this.#member;
      }
      if (now < this.#othersReturnUntil) return false;
      const since = this.#freeSince.get(name) ?? now;
      this.#freeSince.set(name, since);
      return plan.get(name) === this.#member || now - since >= LEASE_MS;
    });
  }

  #took(fence: Fence): void {
    const job = this.#jobs.get(fence.name);
    if (!job) return;
    this.#freeSince.delete(fence.name);
    this.#log.info({ lease: fence.name, token: fence.token }, 'took a lease');
    this.#held.set(fence.name, { fence, job, stop: null, announcing: false, giving: false });
  }

  #begin(held: Held): void {
    if (held.announcing) return;
    held.announcing = true;
    const announced = this.#announce(held.fence)
      .then(() => {
        if (this.#held.get(held.fence.name) !== held || this.#stopped) return;
        held.stop = held.job.start(held.fence);
      })
      .catch((error: unknown) => {
        this.#log.warn({ lease: held.fence.name, reason: messageOf(error) }, 'a lease could not be announced yet');
        if (error instanceof Fenced) this.#lost(held.fence);
      })
      .finally(() => {
        held.announcing = false;
      });
    background('begin a job', announced, this.#log);
  }

  /** Earlier holders of this lease are refused from then on, and those of the shares that it stands in the place of. */
  async #announce({ name, token }: Fence): Promise<void> {
    for (const other of this.#superseded.get(name) ?? []) await this.#options.announce({ name: other, token });
    await this.#options.announce({ name, token });
    this.#superseded.delete(name);
  }

  #lost(fence: Fence): void {
    const held = this.#held.get(fence.name);
    if (!held || held.fence.token !== fence.token) return;
    this.#log.warn({ lease: fence.name, token: fence.token }, 'another process has the lease now; its work ends here');
    this.#held.delete(fence.name);
    const ended = this.#end(held).finally(() => this.#ending.delete(fence.name));
    this.#ending.set(fence.name, ended);
    background('end a job', ended, this.#log);
  }

  async #end(held: Held): Promise<void> {
    try {
      await held.stop?.();
    } catch (error) {
      this.#log.error({ err: error, lease: held.fence.name }, 'a job did not end in order');
    }
  }

  /** Gives work to processes that have less of it, once it is sure that they stay. */
  #moveAway(): void {
    if (this.#stopped || this.#options.clock.now() - this.#membersSince < SETTLED_MS) return;
    const plan = leasePlan(this.#view);
    for (const [name, held] of this.#held) {
      const planned = plan.get(name);
      if (held.giving || planned === undefined || planned === this.#member) continue;
      held.giving = true;
      this.#log.info({ lease: name, to: planned }, 'moving work to another process');
      const given = this.#end(held).then(() => {
        if (this.#held.get(name) !== held) return;
        this.#held.delete(name);
        this.#givenBack.push(held.fence);
        this.#tick();
      });
      background('move a job', given, this.#log);
    }
  }
}

function sameMembers({ members: a }: LeaseView, { members: b }: LeaseView): boolean {
  return a.size === b.size && [...a.keys()].every((member) => b.has(member));
}
