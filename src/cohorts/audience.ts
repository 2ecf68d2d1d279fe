import { type Predicate, routeOf } from './predicate.ts';

/** Members with one predicate: it is evaluated once for all of them. */
export class Group<V, M> {
  readonly predicate: Predicate<V>;
  readonly members = new Set<M>();
  /** By key, the last value that `moved` let through. */
  readonly #passed = new Map<string, V>();
  /** Keys that began anew with a value that nobody here was told of; hardly ever any. */
  #begunUntold: Set<string> | null = null;

  constructor(predicate: Predicate<V>) {
    this.predicate = predicate;
  }

  matches(value: V): boolean {
    return this.predicate.test?.(value) ?? true;
  }

  /** Whether what does not match any more did so before. */
  leaves(value: V): boolean {
    return this.predicate.left?.(value) ?? false;
  }

  /** Whether a matching value has moved far enough since the last that passed; if so it is the last. */
  passes(key: string, value: V): boolean {
    const { moved } = this.predicate;
    if (!moved) return true;
    const passed = this.#passed.get(key);
    if (passed !== undefined && !moved(value, passed)) return false;
    this.#passed.set(key, value);
    return true;
  }

  /** What was let through of a key is no measure any more: it has left, or begun anew. */
  forgetPassed(key: string): void {
    this.#passed.delete(key);
  }

  /** A key has begun anew with a value that does not concern these members: the first that does will stand alone. */
  beganUntold(key: string): void {
    this.#begunUntold ??= new Set();
    this.#begunUntold.add(key);
  }

  /** Whether what is told of a key now stands alone for these members, though it follows from what was before it. */
  tells(key: string): boolean {
    return this.#begunUntold?.delete(key) ?? false;
  }
}

/** The members of a cohort by what they want, so that an update meets only predicates that it may pass. */
export class Audience<V, M> {
  readonly #topic: { readonly routeOf?: (key: string) => string };
  readonly #groups = new Map<string, Group<V, M>>();
  readonly #byRoute = new Map<string, Set<Group<V, M>>>();
  readonly #ofAny = new Set<Group<V, M>>();

  constructor(topic: { readonly routeOf?: (key: string) => string }) {
    this.#topic = topic;
  }

  get empty(): boolean {
    return this.#groups.size === 0;
  }

  add(predicate: Predicate<V>, member: M): Group<V, M> {
    let group = this.#groups.get(predicate.id);
    if (!group) {
      group = new Group(predicate);
      this.#groups.set(predicate.id, group);
      if (!predicate.routes) this.#ofAny.add(group);
      for (const route of predicate.routes ?? []) {
        const groups = this.#byRoute.get(route) ?? new Set();
        this.#byRoute.set(route, groups.add(group));
      }
    }
    group.members.add(member);
    return group;
  }

  remove(group: Group<V, M>, member: M): void {
    if (!group.members.delete(member) || group.members.size > 0) return;
    this.#groups.delete(group.predicate.id);
    this.#ofAny.delete(group);
    for (const route of group.predicate.routes ?? []) {
      const groups = this.#byRoute.get(route);
      groups?.delete(group);
      if (groups?.size === 0) this.#byRoute.delete(route);
    }
  }

  /** Calls with each group that an update of this key may concern. */
  forKey(key: string, call: (group: Group<V, M>) => void): void {
    for (const group of this.#ofAny) call(group);
    const routed = this.#byRoute.get(routeOf(this.#topic, key));
    if (routed) for (const group of routed) call(group);
  }

  /** Calls with every member. A member may be removed meanwhile. */
  forEach(call: (member: M) => void): void {
    for (const group of [...this.#groups.values()]) for (const member of [...group.members]) call(member);
  }
}
