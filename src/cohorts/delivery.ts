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
}

export interface DeliveryOptions {
  readonly schema: GraphQLSchema;
  readonly buses: Readonly<Record<TopicReach, Bus>>;
  readonly clock: Clock;
  readonly log: Log;
  /** A fresh context without identity: what every execution for a public cohort gets. */
  readonly publicContext: () => object;
}

/** Questions kept by document, so that the thousandth subscription with the same text costs no planning. */
const QUESTIONS_PER_DOCUMENT = 200;

/** All live subscriptions of this process. */
export class Delivery {
  readonly counters: Counters = newCounters();
  readonly #options: DeliveryOptions;
  readonly #stateHubs = new Map<string, StateHub<unknown, unknown>>();
  readonly #eventHubs = new Map<string, EventHub<unknown>>();
  readonly #stateCohorts = new Map<string, StateCohort<unknown, unknown>>();
  readonly #eventCohorts = new Map<string, EventCohort<unknown>>();
  readonly #questions = new WeakMap<DocumentNode, Map<string, Question>>();
  readonly #answer: Answer;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#answer = (question, frame) =>
      execute({
        schema: options.schema,
        document: question.document,
        rootValue: frame,
        contextValue: options.publicContext(),
      });
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
    try {
      if (request.kind === 'state') return await this.#joinState(request, question, mailbox, lane);
      const { resumeAfter = null } = operation;
      const resumed = resumeAfter === null ? request : { ...request, after: resumeAfter, last: null };
      return await this.#joinEvents(resumed, question, mailbox, lane);
    } catch (error) {
      mailbox.end();
      throw error;
    }
  }

  close(): void {
    for (const hub of this.#stateHubs.values()) hub.close();
    for (const hub of this.#eventHubs.values()) hub.close();
  }

  async #joinState(
    request: StateRequest<unknown, unknown>,
    question: Question,
    mailbox: Mailbox<SubscriptionRequest>,
    lane: Lane,
  ): Promise<LiveSubscription> {
    const { topic, predicate, delta } = request;
    const hub = this.#stateHub(topic);
    const keys = topic.routeOf ? null : predicate.routes;
    const release = await hub.want(keys);
    if (mailbox.closed) release();
    else {
      const id = `${topic.name}\n${delta}\n${question.key}`;
      let cohort = this.#stateCohorts.get(id);
      if (!cohort) {
        const encoder = new Encoder(question, this.#answer, this.counters, delta ? Variant.SNAPSHOT : 0);
        cohort = new StateCohort(hub, encoder, delta);
        this.#stateCohorts.set(id, cohort);
      }
      const member = new StateMember(cohort, lane, mailbox, request.minIntervalMs, this.#options.clock, this.counters);
      mailbox.onClosed(() => {
        if (member.detach()) this.#stateCohorts.delete(id);
        release();
      });
      const held = keys ? keys.flatMap((key) => hub.current(key) ?? []) : hub.held();
      member.start(cohort.add(member, predicate), routed(held, topic, predicate.routes));
    }
    return { mailbox, progress: () => null };
  }

  async #joinEvents(
    request: EventRequest<unknown>,
    question: Question,
    mailbox: Mailbox<SubscriptionRequest>,
    lane: Lane,
  ): Promise<LiveSubscription> {
    const { topic, predicate } = request;
    const hub = this.#eventHub(topic);
    await hub.open();
    const start = await startOf(hub, request);
    if (mailbox.closed) return { mailbox, progress: () => null };
    const id = `${topic.name}\n${question.key}`;
    let cohort = this.#eventCohorts.get(id);
    if (!cohort) {
      cohort = new EventCohort(hub, new Encoder(question, this.#answer, this.counters));
      this.#eventCohorts.set(id, cohort);
    }
    const member = new EventMember(cohort, lane, mailbox, this.counters);
    mailbox.onClosed(() => {
      if (member.detach()) this.#eventCohorts.delete(id);
    });
    member.start(cohort.add(member, predicate), start.from, start.backlog);
    return { mailbox, progress: () => member.cursor };
  }

  #question(operation: SubscriptionOperation, request: SubscriptionRequest): Question {
    const known = this.#questions.get(operation.document) ?? new Map<string, Question>();
    this.#questions.set(operation.document, known);
    const id = `${operation.operation.name?.value ?? ''}\n${JSON.stringify(operation.variables)}`;
    let question = known.get(id);
    if (!question) {
      const { schema } = this.#options;
      const { predicates } = request.topic;
      question = questionOf(schema, operation.operation, operation.fragments, operation.variables, predicates, '');
      if (known.size >= QUESTIONS_PER_DOCUMENT) known.clear();
      known.set(id, question);
    }
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
