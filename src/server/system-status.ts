import type { Bus, BusRecord } from '../bus/bus.ts';
import { topics } from '../bus/topics.ts';
import { background } from '../lib/background.ts';
import type { Cancel, Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import { Histogram } from '../lib/histogram.ts';
import type { Log } from '../lib/log.ts';
import { type ComponentReport, type HealthStatus, REPORT_TIMEOUT_MS, type SystemHealth } from '../model/component.ts';

/** How often silence is looked for, milliseconds: a component that fell silent is told within a second of its timeout. */
const CHECK_INTERVAL_MS = 1_000;

/** Without another change, what components last did is told this often, milliseconds. */
const REFRESH_INTERVAL_MS = 5_000;

/** A component that has been silent for a day was taken away on purpose, milliseconds. */
const FORGET_AFTER_MS = 86_400_000;

interface Heard {
  readonly report: ComponentReport;
  /** By our clock: the reporter's may differ. */
  readonly at: number;
}

/**
 * The state of the system as this process sees it: what components report, that some no longer do, and how this process
 * itself stands with the bus. It lives on the process's own bus, so it can say that the shared one is gone.
 */
export class SystemStatus {
  /** From a component's report to its being heard, by two clocks, milliseconds. */
  readonly busLagMs = new Histogram([1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000]);
  readonly #shared: Bus;
  readonly #own: Bus;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #heard = new Map<string, Heard>();
  readonly #countsTogether: () => boolean | null;
  readonly #startedAt: number;
  readonly #cancels: Cancel[] = [];
  #following: (() => void) | null = null;
  #busErrors = 0;
  #busRecoveries = 0;
  #busHeardAt: number | null = null;
  #published: SystemHealth | null = null;

  /** @param countsTogether whether processes count connections together; null where there is nothing to share. */
  constructor(shared: Bus, own: Bus, clock: Clock, log: Log, countsTogether: () => boolean | null = () => null) {
    this.#countsTogether = countsTogether;
    this.#shared = shared;
    this.#own = own;
    this.#clock = clock;
    this.#log = log;
    this.#startedAt = clock.now();
  }

  /** Resolves when the first status has been published. */
  async start(): Promise<void> {
    this.#cancels.push(
      this.#shared.onStateChange((state) => {
        if (state === 'ready') this.#busRecoveries++;
        else this.#busErrors++;
        this.#check();
      }),
      this.#clock.every(CHECK_INTERVAL_MS, () => this.#check()),
    );
    background('follow components', this.#follow(), this.#log);
    await this.#publish(this.health());
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.#following?.();
  }

  /** The state of the system now. */
  health(): SystemHealth {
    const now = this.#clock.now();
    const components = [...this.#heard.values()].map((heard) => judged(heard, now));
    components.push(this.#api(now), this.#bus(now), ...this.#limits(now));
    components.sort((a, b) => (a.name < b.name ? -1 : 1));
    const feeds = components.filter(({ name }) => name.startsWith('feed:'));
    const unwell = components.filter(({ status }) => status !== 'HEALTHY');
    const nothingHeard =
      this.#shared.state() === 'down' || feeds.length === 0 || feeds.every(({ status }) => status === 'DOWN');
    const status: HealthStatus = nothingHeard ? 'DOWN' : unwell.length > 0 ? 'DEGRADED' : 'HEALTHY';
    const told = unwell.map(({ name, message }) => (message ? `${name}: ${message}` : name));
    if (feeds.length === 0) told.push('no feed has reported yet');
    const message = told.length === 0 ? 'All systems operational.' : told.join('; ');
    return { status, message, components, timestamp: now, receivedAt: now, stale: false };
  }

  #api(now: number): ComponentReport {
    return {
      name: 'api',
      status: 'HEALTHY',
      message: '',
      startedAt: this.#startedAt,
      lastUpdate: now,
      errorCount: 0,
      recoveries: 0,
      reportedAt: now,
    };
  }

  #bus(now: number): ComponentReport {
    const ready = this.#shared.state() === 'ready';
    if (ready) this.#busHeardAt = now;
    return {
      name: 'bus',
      status: ready ? 'HEALTHY' : 'DOWN',
      message: ready ? '' : 'the event store does not answer; trying again',
      startedAt: this.#startedAt,
      lastUpdate: this.#busHeardAt,
      errorCount: this.#busErrors,
      recoveries: this.#busRecoveries,
      reportedAt: now,
    };
  }

  /** Without Redis limits hold in each process: clients get in as before, some perhaps that should not. */
  #limits(now: number): readonly ComponentReport[] {
    const together = this.#countsTogether();
    if (together === null) return [];
    const message = 'Redis does not answer; each process counts connections for itself';
    return [
      {
        name: 'limits',
        status: together ? 'HEALTHY' : 'DEGRADED',
        message: together ? '' : message,
        startedAt: this.#startedAt,
        lastUpdate: together ? now : null,
        errorCount: 0,
        recoveries: 0,
        reportedAt: now,
      },
    ];
  }

  async #follow(): Promise<void> {
    try {
      this.#following ??= await this.#shared.subscribe(topics.components, {
        message: (record) => {
          this.#take(record, true);
          this.#check();
        },
        restored: () => background('read components', this.#read(), this.#log),
      });
      await this.#read();
    } catch (error) {
      this.#log.debug({ reason: messageOf(error) }, 'components not read yet');
      this.#cancels.push(
        this.#clock.after(CHECK_INTERVAL_MS, () => background('follow components', this.#follow(), this.#log)),
      );
    }
  }

  async #read(): Promise<void> {
    for (const record of (await this.#shared.latest(topics.components)).values()) this.#take(record, false);
    this.#check();
  }

  /** @param live just reported; otherwise it was found, and is as old as it says. */
  #take(record: BusRecord, live: boolean): void {
    try {
      const report = JSON.parse(record.payload) as ComponentReport;
      const now = this.#clock.now();
      if (live) this.busLagMs.note(Math.max(0, now - report.reportedAt));
      const at = live ? now : Math.min(now, report.reportedAt);
      if (at >= (this.#heard.get(report.name)?.at ?? 0)) this.#heard.set(report.name, { report, at });
    } catch (error) {
      this.#log.warn(
        { key: record.key, reason: messageOf(error) },
        'a component report that cannot be read was ignored',
      );
    }
  }

  #check(): void {
    const now = this.#clock.now();
    this.#forget(now);
    const health = this.health();
    const due = now - (this.#published?.timestamp ?? 0) >= REFRESH_INTERVAL_MS;
    if (due || essence(health) !== essence(this.#published))
      background('publish status', this.#publish(health), this.#log);
  }

  /** What was taken away on purpose: long ago, or since what it was a share of is dealt out to another number of shares. */
  #forget(now: number): void {
    const kindOf = (name: string) => name.replace(/\/\d+$/, '');
    const isSilent = ({ at }: Heard) => now - at > REPORT_TIMEOUT_MS;
    const current = new Map<string, number>();
    for (const heard of this.#heard.values())
      if (!isSilent(heard)) current.set(kindOf(heard.report.name), heard.report.of ?? 1);
    for (const [name, heard] of this.#heard) {
      const { at, report } = heard;
      const of = current.get(kindOf(name));
      const isOfBefore = isSilent(heard) && of !== undefined && of !== (report.of ?? 1);
      if (isOfBefore || now - at > FORGET_AFTER_MS) this.#heard.delete(name);
    }
  }

  async #publish(health: SystemHealth): Promise<void> {
    this.#published = health;
    await this.#own.publishState(topics.systemStatus, health);
  }
}

/** A component that no longer reports is down, whatever it said last. */
function judged({ report, at }: Heard, now: number): ComponentReport {
  if (now - at <= REPORT_TIMEOUT_MS) return report;
  return { ...report, status: 'DOWN', message: `has not reported for ${Math.round((now - at) / 1_000)} s` };
}

/** What is worth telling at once. */
function essence(health: SystemHealth | null): string {
  return JSON.stringify(
    health?.components.map(({ name, status, errorCount, recoveries }) => [name, status, errorCount, recoveries]),
  );
}
