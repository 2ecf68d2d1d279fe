export const HEALTH_STATUSES = ['HEALTHY', 'DEGRADED', 'DOWN'] as const;
export type HealthStatus = (typeof HEALTH_STATUSES)[number];

/** What one part of the system says of itself: a feed (`feed:binance`), a worker, Redis. Times in milliseconds. */
export interface ComponentReport {
  readonly name: string;
  readonly status: HealthStatus;
  /** One sentence an operator can act on; empty when all is well. */
  readonly message: string;
  readonly startedAt: number;
  /** When it last did what it is for (a feed: last data, heart-beats not counted). Null before the first time. */
  readonly lastUpdate: number | null;
  readonly errorCount: number;
  /** How often it came back after it had been down or stale. */
  readonly recoveries: number;
  /** So many shares there are of what this one does, by the setting of whoever reports; absent in reports of an earlier version. */
  readonly of?: number;
  /** When this report was made: older than the reporting contract means that the reporter is gone. */
  readonly reportedAt: number;
}

/** The state of the whole, and of each part. */
export interface SystemHealth {
  readonly status: HealthStatus;
  readonly message: string;
  readonly components: readonly ComponentReport[];
  readonly timestamp: number;
  readonly receivedAt: number;
  readonly stale: boolean;
}

/** Components are sent again at least this often, so that silence means absence. Milliseconds. */
export const REPORT_INTERVAL_MS = 5_000;

/** A component that has not reported for three intervals is gone. Milliseconds. */
export const REPORT_TIMEOUT_MS = 3 * REPORT_INTERVAL_MS;
