import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Bus } from '../bus/bus.ts';
import type { TopicReach } from '../bus/topics.ts';
import type { Clock } from '../lib/clock.ts';
import { Tally } from '../lib/histogram.ts';
import type { Log } from '../lib/log.ts';
import type { Owners } from '../model/owner.ts';
import type { Archive } from '../store/archive/archive.ts';
import { type Counters, newCounters } from './counters.ts';
import { type Answer, Encoder } from './encoder.ts';
import { EventCohort } from './event-cohort.ts';
import type { EventHub } from './event-hub.ts';
import { EventMember } from './event-member.ts';
import { Hubs } from './hubs.ts';
import type { Variables } from './inline.ts';
import { type OwnersStart, ownersStartOf, startOf } from './join.ts';
import type { Lane } from './lane.ts';
import { type Ending, Mailbox } from './mailbox.ts';
import { Meter } from './meter.ts';
import type { Question } from './question.ts';
import { Questions } from './questions.ts';
import type { EventRequest, StateRequest, SubscriptionRequest } from './request.ts';
import { type Right, Rights } from './rights.ts';
import type { Fragments } from './root-field.ts';
import { StateCohort } from './state-cohort.ts';
import { StateMember } from './state-member.ts';
import { Strands } from './strands.ts';
import { Variant } from './update.ts';

/** A subscription operation that has been parsed, validated and allowed. */
export interface SubscriptionOperation<C extends object> {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Fragments;
  readonly variables: Variables;
  /** The subscriber's own context: used to authorise and to read arguments, never to answer. */
  readonly context: C;
  /** Where the transport says that the reader had come: it wins over the operation's own `after`. */
  readonly resumeAfter?: string | null;
}

/** A subscription that runs: the transport holds the mailbox, and asks how far it has come. */
export interface LiveSubscription {
  readonly mailbox: Mailbox<SubscriptionRequest>;
  /** Everything that matches up to here has been written; null for a state topic. */
  readonly progress: () => string | null;
  /** The field that it subscribes to. */
  readonly field: string;
  /** Whether what it is given depends on who asks: it ends with the right to it. */
  readonly scoped: boolean;
  readonly meter: Meter;
  /** Frames that its reader would get if it took them all now. */
  readonly behind: () => number;
}

export interface DeliveryOptions<C extends object> {
  readonly schema: GraphQLSchema;
  readonly buses: Readonly<Record<TopicReach, Bus>>;
  /** Of durable topics, where there is one. */
  readonly archive?: Archive;
  readonly clock: Clock;
  readonly log: Log;
  /** A fresh context for one execution: of whoever `like` belongs to; without identity where it is null. */
  readonly freshContext: (like: C | null) => C;
  /** Whose eyes a context sees with: equal texts mean equal rights. Empty for nobody's. */
  readonly scopeOf: (context: C) => string;
}

/** A subscriber on its way into a cohort. */
interface Asked<C extends object> {
  readonly question: Question;
  /** The context whose eyes answer it; null for a public one. */
  readonly eyes: C | null;
  readonly mailbox: Mailbox<SubscriptionRequest>;
  readonly lane: Lane;
  readonly meter: Meter;
  /** To be called when it has ended, from whichever side. */
  readonly ended: () => void;
}

/** A member of either kind of cohort, to whoever watches it. */
interface Member {
  /** Everything that matches up to here has been written; a state member has none. */
  readonly cursor?: string | null;
  readonly behind: number;
}

/** All live subscriptions of this process. */
export class Delivery<C extends object> {
  readonly counters: Counters = newCounters();
  /** Live subscriptions by topic. */
  readonly subscriptions = new Tally();
  readonly #options: DeliveryOptions<C>;
  readonly #hubs: Hubs;
  readonly #stateCohorts = new Map<string, StateCohort<unknown, unknown>>();
  readonly #eventCohorts = new Map<string, EventCohort<unknown>>();
  readonly #rights = new Rights<C>();
  readonly #questions: Questions;

  constructor(options: DeliveryOptions<C>) {
    this.#options = options;
    this.#hubs = new Hubs(options.buses, options.clock, options.log, options.archive);
    this.#questions = new Questions(options.schema);
  }

  /** Cohorts that live: distinct questions being answered. */
  get questions(): number {
    return this.#stateCohorts.size + this.#eventCohorts.size;
  }

  /**
   * Joins the cohort of the operation's question, from its snapshot or its cursor on. Errors of coercion and
   * authorisation come back as a result; whatever ends the operation later ends the mailbox.
   * @throws ApiError `UNAVAILABLE`, `CURSOR_EXPIRED`, `BAD_USER_INPUT`.
   */
  async subscribe(operation: SubscriptionOperation<C>, lane: Lane): Promise<LiveSubscription | ExecutionResult> {
    const { context } = operation;
    // Nobody in particular has nothing to lose: such subscriptions cost nothing here.
    const right = this.#options.scopeOf(context) === '' ? null : this.#rights.take(context);
    try {
      const joined = await this.#subscribe(operation, lane, right);
      if (!('mailbox' in joined) || joined.mailbox.closed) right?.giveBack();
      return joined;
    } catch (error) {
      right?.giveBack();
      throw error;
    }
  }

  /**
   * Ends the subscriptions that were allowed to somebody who may not any more: all whose answers depend on who asks and
   * whose context `lost` picks, those that are just being made as well. Public ones live on.
   * @param error what their readers are told: `UNAUTHENTICATED` or `FORBIDDEN`.
   */
  revoke(lost: (context: C) => boolean, error: Error): void {
    this.#rights.revoke(lost, error);
  }

  close(): void {
    this.#hubs.close();
  }

  async #subscribe(
    operation: SubscriptionOperation<C>,
    lane: Lane,
    right: Right | null,
  ): Promise<LiveSubscription | ExecutionResult> {
    const source = await createSourceEventStream({
      schema: this.#options.schema,
      document: operation.document,
      operationName: operation.operation.name?.value ?? null,
      variableValues: operation.variables,
      contextValue: operation.context,
    });
    if (!(source instanceof Mailbox)) {
      if (Symbol.asyncIterator in source) throw new Error('a subscription field must return a Mailbox');
      return source;
    }
    const mailbox = source as unknown as Mailbox<SubscriptionRequest>;
    const { request } = mailbox;
    const question = this.#questions.of(operation, request.topic.predicates);
    if (request.topic.ownerOf && !question.scoped)
      throw new Error(`topic ${request.topic.name} belongs to owners: the field over it must be declared theirs`);
    if (question.scoped) right?.holds(mailbox);
    else right?.giveBack();
    const meter = new Meter(this.counters);
    // Nobody's eyes for a public question: a field that forgot to say that it depends on who asks fails, and leaks nothing.
    const eyes = question.scoped ? operation.context : null;
    let counts = false;
    const ended = () => {
      right?.giveBack();
      if (counts) this.subscriptions.add(request.topic.name, -1);
      counts = false;
    };
    const asked = { question, eyes, mailbox, lane, meter, ended };
    const began = this.#options.clock.now();
    try {
      const member = await this.#join(request, operation.resumeAfter ?? null, asked);
      this.counters.joinMs.note(this.#options.clock.now() - began);
      if (!mailbox.closed) {
        counts = true;
        this.subscriptions.add(request.topic.name);
      }
      return {
        mailbox,
        meter,
        field: request.topic.name,
        scoped: question.scoped,
        progress: () => member?.cursor ?? null,
        behind: () => member?.behind ?? 0,
      };
    } catch (error) {
      mailbox.end();
      throw error;
    }
  }

  async #join(request: SubscriptionRequest, resumeAfter: string | null, asked: Asked<C>): Promise<Member | null> {
    if (request.kind === 'state') return this.#joinState(request, asked);
    const resumed = resumeAfter === null ? request : { ...request, after: resumeAfter, last: null };
    if (resumed.after !== null) this.counters.resumes++;
    const { owners } = resumed;
    return owners ? this.#joinOwners(resumed, owners, asked) : this.#joinEvents(resumed, asked);
  }

  /** Null when the subscriber has gone meanwhile. */
  async #joinState(request: StateRequest<unknown, unknown>, asked: Asked<C>): Promise<Member | null> {
    const { topic, predicate, delta } = request;
    const { question, eyes, mailbox, lane, meter, ended } = asked;
    const hub = this.#hubs.state(topic);
    const keys = topic.routeOf ? null : predicate.routes;
    const release = await hub.want(keys);
    if (mailbox.closed) {
      release();
      return null;
    }
    const id = `${topic.name}\n${delta}\n${this.#scope(eyes)}\n${question.key}`;
    let cohort = this.#stateCohorts.get(id);
    if (!cohort) {
      const encoder = new Encoder(question, this.#answer(eyes), this.counters, delta ? Variant.SNAPSHOT : 0);
      cohort = new StateCohort(hub, encoder, delta);
      this.#stateCohorts.set(id, cohort);
    }
    const member = new StateMember(cohort, lane, mailbox, request.minIntervalMs, this.#options.clock, meter);
    mailbox.onClosed(() => {
      if (member.detach()) this.#stateCohorts.delete(id);
      release();
      ended();
    });
    const held = keys ? keys.flatMap((key) => hub.current(key) ?? []) : hub.held();
    member.start(cohort.add(member, predicate), routed(held, topic, predicate.routes));
    return member;
  }

  /** Null when the subscriber has gone meanwhile. */
  async #joinEvents(request: EventRequest<unknown>, asked: Asked<C>): Promise<Member | null> {
    const hub = this.#hubs.event(request.topic);
    await hub.open();
    const start = await startOf(hub, request);
    if (asked.mailbox.closed) return null;
    const { mailbox, lane, ended } = asked;
    const { member, cohort, leave } = this.#enter(hub, asked, lane, mailbox);
    mailbox.onClosed(() => {
      leave();
      ended();
    });
    member.start(cohort.add(member, request.predicate), start.from, start.backlog);
    return member;
  }

  /** The same over one stream for each owner. Null when the subscriber has gone meanwhile. */
  async #joinOwners(request: EventRequest<unknown>, owners: Owners, asked: Asked<C>): Promise<Member | null> {
    const { mailbox, lane, ended } = asked;
    const leases = owners.covered.map((owner) => this.#hubs.lease(request.topic, owner));
    const release = () => {
      for (const lease of leases) lease.release();
    };
    const asksOf = new Set<string | null>(owners.asked);
    const all = leases.map(({ hub }) => hub);
    const hubs = all.filter(({ owner }) => asksOf.has(owner));
    const unasked = all.filter(({ owner }) => !asksOf.has(owner));
    let begun: OwnersStart<unknown>;
    try {
      await Promise.all(leases.map(({ hub }) => hub.open()));
      begun = await ownersStartOf(hubs, owners, request);
    } catch (error) {
      release();
      throw error;
    }
    if (mailbox.closed) {
      release();
      return null;
    }
    const strands = leases.length === 1 && hubs.length === 1 ? null : new Strands(lane, mailbox, unasked);
    const entries = hubs.map((hub) => {
      const strand = strands?.add();
      const entry = this.#enter(hub, asked, strand ?? lane, strand ?? mailbox);
      if (strand) strand.member = entry.member;
      return entry;
    });
    for (const [at, { member, cohort }] of entries.entries()) {
      const start = begun.starts[at];
      if (start) member.start(cohort.add(member, request.predicate), start.from, start.backlog);
    }
    strands?.begin(begun.turns);
    // Not before each is in its cohort: what one of them wrote may have ended them all.
    mailbox.onClosed(() => {
      for (const { leave } of entries) leave();
      strands?.detach();
      release();
      ended();
    });
    return strands ?? entries[0]?.member ?? null;
  }

  /** Makes a member in the cohort of its question at a stream, which is made if it is the first. */
  #enter(hub: EventHub<unknown>, { question, eyes, meter }: Asked<C>, lane: Lane, ending: Ending) {
    const id = `${hub.topic.name}\n${hub.owner ?? ''}\n${this.#scope(eyes)}\n${question.key}`;
    const cohort =
      this.#eventCohorts.get(id) ?? new EventCohort(hub, new Encoder(question, this.#answer(eyes), this.counters));
    this.#eventCohorts.set(id, cohort);
    const member = new EventMember(cohort, lane, ending, meter, this.#options.clock);
    const leave = () => {
      if (member.detach()) this.#eventCohorts.delete(id);
    };
    return { member, cohort, leave };
  }

  #scope(eyes: C | null): string {
    return eyes === null ? '' : this.#options.scopeOf(eyes);
  }

  #answer(eyes: C | null): Answer {
    const { schema, freshContext } = this.#options;
    return ({ document }, frame) => execute({ schema, document, rootValue: frame, contextValue: freshContext(eyes) });
  }
}

/** Of updates that are held, those whose keys lead to one of the routes. */
function* routed<U extends { readonly key: string }>(
  updates: Iterable<U>,
  topic: { readonly routeOf?: (key: string) => string },
  routes: readonly string[] | null,
): IterableIterator<U> {
  for (const update of updates) if (!routes || routes.includes(topic.routeOf?.(update.key) ?? update.key)) yield update;
}
