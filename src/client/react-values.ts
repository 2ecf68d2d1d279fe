import { useMemo, useState } from 'react';
import type { OperationError } from './errors.ts';
import { Latest } from './latest.ts';
import type { Restart, Status } from './subscription.ts';

/** What stands under the one root field of a subscription. */
export type RootOf<Data> = Data[keyof Data];

/** What a hook gives of a state field. */
export interface LiveValues<Value> {
  /** The latest of each id, in the order in which they first came. */
  readonly values: readonly Value[];
  readonly status: Status;
  readonly error: Error | OperationError | undefined;
}

/** What a hook gives of an event field. */
export interface LiveEvents<Event> {
  /** Newest first. */
  readonly events: readonly Event[];
  readonly status: Status;
  /** The last time that events were lost, because the server keeps them no longer. */
  readonly restart: Restart | null;
  readonly error: Error | OperationError | undefined;
}

/** Events that a hook keeps, unless it is told otherwise. */
export const KEPT_EVENTS = 100;

export function rootOf<Data>(data: Data): RootOf<Data> {
  return Object.values(data as object)[0] as RootOf<Data>;
}

/** How one subscription stands, with the context that tells it; new for each question. */
export function useStanding<Value extends { readonly id: string }>(question: unknown) {
  const asked = JSON.stringify(question);
  const [status, setStatus] = useState<Status>('connecting');
  const [restart, setRestart] = useState<Restart | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was held belongs to what was asked
  const { latest, context } = useMemo(() => {
    const latest = new Latest<Value>();
    const told = (status: Status) => {
      latest.status(status);
      setStatus(status);
    };
    return { latest, context: { tidewire: { status: told, restarted: setRestart } } };
  }, [asked]);
  return { latest, context, status, restart };
}
