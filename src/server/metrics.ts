import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Bus } from '../bus/bus.ts';
import { topics } from '../bus/topics.ts';
import type { Delivery } from '../cohorts/delivery.ts';
import type { Histogram } from '../lib/histogram.ts';
import type { Database } from '../store/database.ts';
import { presentedErrors } from './errors.ts';
import type { EventStreams } from './event-streams.ts';
import type { Refusals } from './limits/refusals.ts';
import type { SystemStatus } from './system-status.ts';
import type { WebSockets } from './websocket.ts';

export interface MetricsServices {
  readonly delivery: Pick<Delivery<object>, 'counters' | 'questions' | 'subscriptions'>;
  readonly webSockets: WebSockets;
  readonly eventStreams: EventStreams;
  readonly refusals: Refusals;
  readonly status: SystemStatus;
  readonly shared: Bus;
  readonly database: Database;
  readonly siblings: Siblings | null;
}

/** The processes that share this one's port: a scrape reaches any of them, and is answered for all. */
export interface Siblings {
  /** Of this one among them: the label `process` of its figures. */
  readonly number: string;
  /** `own` is asked whenever any of them is scraped. */
  countBy(own: () => Promise<object>): void;
  /** What all of them count, in the format of Prometheus; one that does not answer is left out. */
  scrape(): Promise<string>;
}

/** A scrape that comes sooner after another is given the same text, milliseconds: whoever can reach this must not be able to make it work. */
const FRESH_MS = 1_000;

/** What a store that does not answer counts as having taken, seconds. */
const AWAY_S = 5;

/**
 * What this process counts, for Prometheus. Nothing is counted here: everything reads at the scrape what its own part has counted
 * anyway, so that a delivery costs the same with and without.
 */
export class Metrics {
  readonly #registry: Registry;
  readonly #services: MetricsServices;
  #text: Promise<string> | null = null;
  #madeAt = Number.NEGATIVE_INFINITY;

  constructor(services: MetricsServices) {
    this.#services = services;
    this.#registry = processRegistry(services.siblings?.number ?? null);
    this.#delivery();
    this.#connections();
    this.#system();
    this.#stores();
    services.siblings?.countBy(() => this.#registry.getMetricsAsJSON());
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** @param now milliseconds. */
  text(now: number): Promise<string> {
    if (!this.#text || now - this.#madeAt >= FRESH_MS) {
      this.#madeAt = now;
      this.#text = this.#services.siblings?.scrape() ?? this.#registry.metrics();
    }
    return this.#text;
  }

  #delivery(): void {
    const { delivery } = this.#services;
    const { counters } = delivery;
    this.#counter('deliveries_total', 'Frames written, snapshots and replays included.', () => counters.delivered);
    this.#counter(
      'conflated_total',
      'Updates folded into a later one for a reader that was behind.',
      () => counters.conflated,
    );
    this.#counter('executions_total', 'GraphQL executions for updates.', () => counters.executions);
    this.#counter(
      'executions_saved_total',
      'Frames that were answered with bytes that were there: what cohorts saved.',
      () => Math.max(0, counters.delivered - counters.executions),
    );
    this.#counter('field_errors_total', 'Fields that failed within an execution.', () => counters.fieldErrors);
    this.#counter(
      'slow_consumers_total',
      'Subscriptions that ended because their position was no longer kept.',
      () => counters.slowConsumers,
    );
    this.#counter('resumes_total', 'Subscriptions that began after a cursor.', () => counters.resumes);
    this.#gauge('questions', 'Distinct questions that are being answered.', () => delivery.questions);
    this.#gauge('subscriptions', 'Live subscriptions.', () => delivery.subscriptions.report(), 'topic');
    this.#histogram('join_seconds', 'From a subscription to its first frame being ready.', counters.joinMs);
  }

  #connections(): void {
    const { webSockets, eventStreams, refusals } = this.#services;
    this.#gauge('connections', 'Open WebSockets.', () => webSockets.connections);
    this.#gauge('streams', 'Open streams over HTTP.', () => eventStreams.streams);
    this.#counter(
      'handshakes_refused_total',
      'WebSockets that were not let in.',
      () => webSockets.refused.report(),
      'reason',
    );
    this.#counter('closes_total', 'WebSockets that ended.', () => webSockets.closes.report(), 'code');
    this.#counter('limits_met_total', 'Refusals by limit.', () => refusals.report(), 'limit');
    this.#counter('errors_total', 'Errors that callers were told.', () => presentedErrors.report(), 'code');
    this.#histogram('connection_duration_seconds', 'Lives of WebSockets that ended.', webSockets.lives);
  }

  #system(): void {
    const { status } = this.#services;
    const of =
      (value: (component: ReturnType<SystemStatus['health']>['components'][number], now: number) => number | null) =>
      () => {
        const { components, timestamp } = status.health();
        const found: Record<string, number> = {};
        for (const component of components) {
          const read = value(component, timestamp);
          if (read !== null) found[component.name] = read;
        }
        return found;
      };
    const healthy = { HEALTHY: 1, DEGRADED: 0.5, DOWN: 0 } as const;
    this.#gauge(
      'component_health',
      '1 healthy, 0.5 degraded, 0 down.',
      of(({ status: one }) => healthy[one]),
      'component',
    );
    this.#gauge(
      'component_age_seconds',
      'Since a component last heard something: the age of a feed.',
      of(({ lastUpdate }, now) => (lastUpdate === null ? null : Math.max(0, now - lastUpdate) / 1_000)),
      'component',
    );
    this.#gauge(
      'component_errors',
      'Errors since a component started.',
      of(({ errorCount }) => errorCount),
      'component',
    );
    this.#gauge(
      'component_recoveries',
      'Times it came back: reconnects and resynchronisations.',
      of(({ recoveries }) => recoveries),
      'component',
    );
    this.#histogram(
      'bus_lag_seconds',
      "From a worker's report to its being heard here: its clock and ours agree or this is wrong.",
      status.busLagMs,
    );
  }

  #stores(): void {
    const { shared, database } = this.#services;
    const taken = async (ask: () => Promise<unknown>): Promise<number> => {
      const began = performance.now();
      return await ask().then(
        () => (performance.now() - began) / 1_000,
        () => AWAY_S,
      );
    };
    this.#gauge('redis_seconds', 'One read of the event store; 5 when it does not answer.', () =>
      taken(() => shared.positions(topics.components, ['none'])),
    );
    this.#gauge('postgres_seconds', 'One read of the database; 5 when it does not answer.', () =>
      taken(() => database.run((client) => client.$queryRaw`SELECT 1`)),
    );
  }

  #gauge(name: string, help: string, read: () => Reading, label?: string): void {
    new Gauge({
      name: `tidewire_${name}`,
      help,
      registers: [this.#registry],
      labelNames: label === undefined ? [] : [label],
      async collect() {
        const value = await read();
        this.reset();
        if (typeof value === 'number') this.set(value);
        else for (const [one, count] of Object.entries(value)) this.set({ [label ?? '']: one }, count);
      },
    });
  }

  #counter(name: string, help: string, read: () => Reading, label?: string): void {
    new Counter({
      name: `tidewire_${name}`,
      help,
      registers: [this.#registry],
      labelNames: label === undefined ? [] : [label],
      async collect() {
        const value = await read();
        this.reset();
        if (typeof value === 'number') this.inc(value);
        else for (const [one, count] of Object.entries(value)) this.inc({ [label ?? '']: one }, count);
      },
    });
  }

  /** Of milliseconds, told in seconds, by the three series that a histogram is for Prometheus. */
  #histogram(name: string, help: string, histogram: Histogram): void {
    const { bounds, counts } = histogram;
    const count = () => counts.reduce((all, one) => all + one, 0);
    const buckets = () => {
      let below = 0;
      return Object.fromEntries(
        counts.map((one, at) => {
          below += one;
          const bound = bounds[at];
          return [bound === undefined ? '+Inf' : String(bound / 1_000), below];
        }),
      );
    };
    this.#counter(`${name}_bucket`, help, buckets, 'le');
    this.#counter(`${name}_sum`, help, () => histogram.sum / 1_000);
    this.#counter(`${name}_count`, help, count);
  }
}

type Reading = number | Readonly<Record<string, number>> | Promise<number>;

/** What every process has: memory, event loop, garbage collection, handles. */
function processRegistry(number: string | null): Registry {
  const registry = new Registry();
  // Before the metrics: they are then told apart, and nothing of two processes is added up.
  if (number !== null) registry.setDefaultLabels({ process: number });
  collectDefaultMetrics({ register: registry });
  return registry;
}
