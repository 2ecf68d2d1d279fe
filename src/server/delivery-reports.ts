import type { ProcessBus } from '../bus/bus.ts';
import { topics } from '../bus/topics.ts';
import { background } from '../lib/background.ts';
import type { Cancel, Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { DeliveryReport } from '../model/delivery-report.ts';

/** How often a watched connection is reported, milliseconds. */
const REPORT_EVERY_MS = 1_000;

/** A connection that can say how delivery goes over it. */
export interface Reporting {
  readonly sessionId: string;
  report(now: number): DeliveryReport;
}

/** Publishes how delivery goes over the connections that ask for it, on the bus of this process. */
export class DeliveryReports {
  readonly #bus: ProcessBus;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #watched = new Set<Reporting>();
  readonly #cancel: Cancel;

  constructor(bus: ProcessBus, clock: Clock, log: Log) {
    this.#bus = bus;
    this.#clock = clock;
    this.#log = log;
    this.#cancel = clock.every(REPORT_EVERY_MS, () => {
      for (const connection of this.#watched)
        background(
          'report delivery',
          this.#publish(connection),
          this.#log.child({ connectionId: connection.sessionId }),
        );
    });
  }

  /** Resolves when the first report is there. */
  async watch(connection: Reporting): Promise<void> {
    this.#watched.add(connection);
    await this.#publish(connection);
  }

  /** The connection is gone. */
  forget(connection: Reporting): void {
    if (this.#watched.delete(connection)) this.#bus.forget(topics.deliveryStats, connection.sessionId);
  }

  stop(): void {
    this.#cancel();
  }

  async #publish(connection: Reporting): Promise<void> {
    await this.#bus.publishState(topics.deliveryStats, connection.report(this.#clock.now()));
  }
}
