/**
 * Which updates of a topic one subscriber wants. It never shapes what an update says, so all predicates of a question
 * share its executions, and all members with the same predicate share its evaluation.
 */
export interface Predicate<V> {
  /** Equal ids mean equal predicates: canonical text of everything below. */
  readonly id: string;
  /** Only keys that lead to one of these ({@link routeOf}); null for any. Others are dropped before they are parsed. */
  readonly routes: readonly string[] | null;
  /** Whether a value qualifies; null for always. */
  readonly test: ((value: V) => boolean) | null;
  /**
   * Whether a value that qualifies is far enough from the last one that this predicate let through for that key. It
   * only holds back: it never makes a value leave.
   */
  readonly moved?: (value: V, passed: V) => boolean;
  /**
   * Of an event that is one change of a thing: whether the thing qualified before it. Then an event that does not qualify is
   * told all the same, as the last word on that thing.
   */
  readonly left?: (value: V) => boolean;
}

/** What an update's key leads to: the part of it that subscribers choose by. */
export function routeOf(topic: { readonly routeOf?: (key: string) => string }, key: string): string {
  return topic.routeOf ? topic.routeOf(key) : key;
}

/** All of a topic. */
export const EVERYTHING: Predicate<unknown> = { id: '', routes: null, test: null };
