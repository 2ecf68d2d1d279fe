import { topics } from '../../bus/topics.ts';
import { background } from '../../lib/background.ts';
import { type Clock, pause } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Alert } from '../../model/alert.ts';
import type { Alerts } from '../../store/alerts.ts';
import { WriteBehind } from '../../store/write-behind.ts';
import type { EventPublisher } from '../event-publisher.ts';

/** How long an alert waits for the database before it is published without it, milliseconds: nobody is left unwarned for it. */
const STORED_WITHIN_MS = 250;

/** Alerts written in one statement, and published after it. */
const BATCH = 200;

/** Alerts that wait for a database that is away. */
const MOST_WAITING = 20_000;

/**
 * Alerts on their way, in the order in which they were raised: stored first and published then; published at once, and written behind,
 * where the database does not answer in time.
 */
export class AlertPublisher {
  readonly #alerts: Alerts;
  readonly #events: EventPublisher;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #behind: WriteBehind<Alert>;
  #queue: Alert[] = [];
  #running: Promise<void> | null = null;

  constructor(alerts: Alerts, events: EventPublisher, clock: Clock, log: Log) {
    this.#alerts = alerts;
    this.#events = events;
    this.#clock = clock;
    this.#log = log;
    this.#behind = new WriteBehind({
      what: 'alerts',
      keyOf: ({ id }) => id,
      write: (batch) => alerts.put(batch),
      most: MOST_WAITING,
      clock,
      log,
    });
  }

  get failing(): boolean {
    return this.#behind.failing;
  }

  publish(alerts: readonly Alert[]): void {
    if (alerts.length === 0) return;
    this.#queue.push(...alerts);
    if (this.#running) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
    });
    background('publish alerts', this.#running, this.#log);
  }

  async close(): Promise<void> {
    await this.#running;
    await this.#behind.close();
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, BATCH);
      this.#queue = this.#queue.slice(BATCH);
      const stored = await this.#stored(batch);
      for (const alert of batch) {
        this.#events.publish(topics.alerts, alert);
        if (!stored) this.#behind.put(alert);
      }
    }
  }

  /** False when it failed or took too long; what is written late after all does no harm. */
  async #stored(batch: readonly Alert[]): Promise<boolean> {
    const late = pause(this.#clock, STORED_WITHIN_MS).then(() => false);
    const stored = this.#alerts.put(batch).then(
      () => true,
      () => false,
    );
    return Promise.race([stored, late]);
  }
}
