import { Histogram } from '../lib/histogram.ts';

/** What the delivery plane of this process has done since it started. */
export interface Counters {
  /** Frames written, snapshots and replays included. */
  delivered: number;
  /** Updates folded into a later one for a reader that was behind or had chosen a slower rate. */
  conflated: number;
  /** GraphQL executions: `delivered - executions` were answered with bytes that were there already. */
  executions: number;
  /** Fields that failed within an execution. */
  fieldErrors: number;
  /** Operations ended because their position had left what is kept. */
  slowConsumers: number;
  /** Subscriptions that began after a cursor. */
  resumes: number;
  /** From a subscription to its place in a cohort, milliseconds. */
  readonly joinMs: Histogram;
}

/** From what is in memory to what two stores are asked for, milliseconds. */
const JOIN_BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000] as const;

export function newCounters(): Counters {
  return {
    delivered: 0,
    conflated: 0,
    executions: 0,
    fieldErrors: 0,
    slowConsumers: 0,
    resumes: 0,
    joinMs: new Histogram(JOIN_BOUNDS_MS),
  };
}
