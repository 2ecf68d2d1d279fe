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
}

export function newCounters(): Counters {
  return { delivered: 0, conflated: 0, executions: 0, fieldErrors: 0, slowConsumers: 0 };
}
