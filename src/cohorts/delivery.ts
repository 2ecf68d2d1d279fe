import { createHash } from 'node:crypto';
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Bus } from '../bus/bus.ts';
import type { EventTopic, StateTopic, TopicReach } from '../bus/topics.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { type Counters, newCounters } from './counters.ts';
import { type Answer, Encoder } from './encoder.ts';
import { EventCohort } from './event-cohort.ts';
import { EventHub } from './event-hub.ts';
import { EventMember } from './event-member.ts';
import type { Variables } from './inline.ts';
import { startOf } from './join.ts';
import type { Lane } from './lane.ts';
import { Mailbox } from './mailbox.ts';
import { Meter } from './meter.ts';
import { type Question, questionOf } from './question.ts';
import type { EventRequest, StateRequest, SubscriptionRequest } from './request.ts';
import type { Fragments } from './root-field.ts';
import { StateCohort } from './state-cohort.ts';
import { StateHub } from './state-hub.ts';
import { StateMember } from './state-member.ts';
import { Variant } from './update.ts';

/** A subscription operation that has been parsed, validated and allowed. */
export interface SubscriptionOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Fragments;
  readonly variables: Variables;
  /** The subscriber's own context: used to authorise and to read arguments, never to answer. */
  readonly context: unknown;
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

export interface DeliveryOptions {
  readonly schema: GraphQLSchema;
  readonly buses: Readonly<Record<TopicReach, Bus>>;
  readonly clock: Clock;
  readonly log: Log;
  /** A fresh context for one execution: of whoever `like` belongs to; without identity where it is null. */
  readonly freshContext: (like: unknown) => object;
  /** Whose eyes a context sees with: equal texts mean equal rights. Empty for nobody's. */
  readonly scopeOf: (context: unknown) => string;
}

/** A subscriber on its way into a cohort. */
interface Asked {
  readonly question: Question;
  /** The context whose eyes answer it; null for a public one. */
  readonly eyes: unknown;
  readonly mailbox: Mailbox<SubscriptionRequest>;
  readonly lane: Lane;
  readonly meter: Meter;
}

/** A member of either kind of cohort, to whoever watches it. */
interface Member {
  /** Everything that matches up to here has been written; a state member has none. */
  readonly cursor?: string;
  readonly behind: number;
}

/** Questions kept, so that the thousandth subscription with the same text and variables costs no planning. */
const KEPT_QUESTIONS = 1_000;

/** All live subscriptions of this process. */
export class Delivery {
  readonly counters: Counters = newCounters();
  readonly #options: DeliveryOptions;
  readonly #stateHubs = new Map<string, StateHub<unknown, unknown>>();
  readonly #eventHubs = new Map<string, EventHub<unknown>>();
  readonly #stateCohorts = new Map<string, StateCohort<unknown, unknown>>();
  readonly #eventCohorts = new Map<string, EventCohort<unknown>>();
  readonly #questions = new Map<string, Question>();
  readonly #documents = new WeakMap<DocumentNode, number>();
  #documentsSeen = 0;

  constructor(options: DeliveryOptions) {
    this.#options = options;
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
  async subscribe(operation: SubscriptionOperation, lane: Lane): Promise<LiveSubscription | ExecutionResult> {
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
    const question = this.#question(operation, request);
    const meter = new Meter(this.counters);
    // Nobody's eyes for a public question: a field that forgot to say that it depends on who asks fails, and leaks nothing.
    const asked = { question, eyes: question.scoped ? operation.context : null, mailbox, lane, meter };
    try {
      const { resumeAfter = null } = operation;
      const member =
        request.kind === 'state'
          ? await this.#joinState(request, asked)
          : await this.#joinEvents(
              resumeAfter === null ? request : { ...request, after: resumeAfter, last: null },
              asked,
            );
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

  close(): void {
    for (const hub of this.#stateHubs.values()) hub.close();
    for (const hub of this.#eventHubs.values()) hub.close();
  }

  /** Null when the subscriber has gone meanwhile. */
  async #joinState(request: StateRequest<unknown, unknown>, asked: Asked): Promise<Member | null> {
    const { topic, predicate, delta } = request;
    const { question, eyes, mailbox, lane, meter } = asked;
    const hub = this.#stateHub(topic);
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
    });
    const held = keys ? keys.flatMap((key) => hub.current(key) ?? []) : hub.held();
    member.start(cohort.add(member, predicate), routed(held, topic, predicate.routes));
    return member;
  }

  /** Null when the subscriber has gone meanwhile. */
  async #joinEvents(request: EventRequest<unknown>, asked: Asked): Promise<Member | null> {
    const { topic, predicate } = request;
    const { question, eyes, mailbox, lane, meter } = asked;
    const hub = this.#eventHub(topic);
    await hub.open();
    const start = await startOf(hub, request);
    if (mailbox.closed) return null;
    const id = `${topic.name}\n${this.#scope(eyes)}\n${question.key}`;
    let cohort = this.#eventCohorts.get(id);
    if (!cohort) {
      cohort = new EventCohort(hub, new Encoder(question, this.#answer(eyes), this.counters));
      this.#eventCohorts.set(id, cohort);
    }
    const member = new EventMember(cohort, lane, mailbox, meter, this.#options.clock);
    mailbox.onClosed(() => {
      if (member.detach()) this.#eventCohorts.delete(id);
    });
    member.start(cohort.add(member, predicate), start.from, start.backlog);
    return member;
  }

  #scope(eyes: unknown): string {
    return eyes === null ? '' : this.#options.scopeOf(eyes);
  }

  #answer(eyes: unknown): Answer {
    const { schema, freshContext } = this.#options;
    return ({ document }, frame) => execute({ schema, document, rootValue: frame, contextValue: freshContext(eyes) });
  }

  #question(
    { document, operation, fragments, variables }: SubscriptionOperation,
    request: SubscriptionRequest,
  ): Question {
    const number = this.#documents.get(document) ?? ++this.#documentsSeen;
    this.#documents.set(document, number);
    // Variables may be long: what is kept of them is their hash.
    const asked = createHash('sha256').update(JSON.stringify(variables)).digest('base64');
    const id = `${number}:${operation.name?.value ?? ''}:${asked}`;
    const known = this.#questions.get(id);
    if (known) return known;
    const question = questionOf(this.#options.schema, operation, fragments, variables, request.topic.predicates);
    const oldest = this.#questions.keys().next();
    if (this.#questions.size >= KEPT_QUESTIONS && !oldest.done) this.#questions.delete(oldest.value);
    this.#questions.set(id, question);
    return question;
  }

  #stateHub(topic: StateTopic<unknown, unknown>): StateHub<unknown, unknown> {
    let hub = this.#stateHubs.get(topic.name);
    if (!hub) {
      hub = new StateHub(topic, this.#options.buses[topic.reach], this.#options.clock, this.#options.log);
      this.#stateHubs.set(topic.name, hub);
    }
    return hub;
  }

  #eventHub(topic: EventTopic<unknown>): EventHub<unknown> {
    let hub = this.#eventHubs.get(topic.name);
    if (!hub) {
      hub = new EventHub(topic, this.#options.buses[topic.reach], this.#options.clock, this.#options.log);
      this.#eventHubs.set(topic.name, hub);
    }
    return hub;
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
