import type { Bus } from '../bus/bus.ts';
import { topics } from '../bus/topics.ts';
import type { Cancel, Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { type ComponentReport, REPORT_INTERVAL_MS } from '../model/component.ts';
import { FailureLog } from './failure-log.ts';
import { StatePublisher } from './state-publisher.ts';
import type { ComponentHealth, HealthSource } from './worker.ts';

/**
 * Least time between two reports of a component whose status has not changed, milliseconds: a venue that loses a thousand
 * books renames them in its message a thousand times.
 */
const MESSAGE_INTERVAL_MS = 1_000;

export interface ComponentReporterOptions {
  readonly sources: readonly HealthSource[];
  /** So many shares there are of what they do. */
  readonly of?: number;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Log;
}

/** Reports the health of this process's components on `topics.components`. Start it before what it reports on. */
export interface ComponentReporter {
  start(): void;
  /** Nothing is published after this. */
  stop(): void;
}

/**
 * A change of status is reported at once, of message or recoveries within {@link MESSAGE_INTERVAL_MS}, and everything
 * every `REPORT_INTERVAL_MS`, so that silence means that this process is gone.
 */
export function createComponentReporter(options: ComponentReporterOptions): ComponentReporter {
  const { sources, of = 1, bus, clock, log } = options;
  const reports = new StatePublisher({
    topic: topics.components,
    bus,
    clock,
    failures: new FailureLog('a component report was refused', clock, log),
    // The regular reports mend it within an interval.
    storeLost: () => undefined,
  });
  let cancels: readonly Cancel[] = [];
  return {
    start() {
      cancels = sources.flatMap((source) => {
        const reporting = new Reporting(source, of, clock, (report) => reports.publish(report));
        reporting.report();
        return [
          source.onHealthChange(() => reporting.changed()),
          clock.every(REPORT_INTERVAL_MS, () => reporting.report()),
          () => reporting.stop(),
        ];
      });
    },
    stop() {
      for (const cancel of cancels) cancel();
      reports.stop();
    },
  };
}

/** What has been said of one component, and what is still to be said. */
class Reporting {
  readonly #source: HealthSource;
  readonly #of: number;
  readonly #clock: Clock;
  readonly #publish: (report: ComponentReport) => void;
  #last: ComponentReport | null = null;
  #cancelLater: Cancel | null = null;

  constructor(source: HealthSource, of: number, clock: Clock, publish: (report: ComponentReport) => void) {
    this.#source = source;
    this.#of = of;
    this.#clock = clock;
    this.#publish = publish;
  }

  report(): void {
    this.stop();
    this.#last = { ...this.#source.health(), of: this.#of, reportedAt: this.#clock.now() };
    this.#publish(this.#last);
  }

  changed(): void {
    const health = this.#source.health();
    const last = this.#last;
    if (!last || health.status !== last.status) {
      this.report();
      return;
    }
    if (!saysMore(health, last)) return;
    const waitMs = last.reportedAt + MESSAGE_INTERVAL_MS - this.#clock.now();
    if (waitMs <= 0) this.report();
    else this.#cancelLater ??= this.#clock.after(waitMs, () => this.report());
  }

  stop(): void {
    this.#cancelLater?.();
    this.#cancelLater = null;
  }
}

function saysMore(health: ComponentHealth, last: ComponentReport): boolean {
  return health.message !== last.message || health.recoveries !== last.recoveries;
}
