import { Audience, type Group } from './audience.ts';
import type { Encoder } from './encoder.ts';
import type { Predicate } from './predicate.ts';
import type { StateHub } from './state-hub.ts';
import { type Encoded, type StateFrame, type StateUpdate, Variant } from './update.ts';

/** One subscription, to the cohort that it is in. */
export interface StateSubscriber<V, C> {
  /** An update that its predicate lets through. */
  offer(update: StateUpdate<V, C>, how: Offer): void;
}

/** How an update comes to the members with one predicate. */
export interface Offer {
  /** It does not follow from what they were told last. */
  readonly standsAlone: boolean;
  /** The value no longer matches, the one before it did. */
  readonly leaving: boolean;
  /** No rate that a subscriber chose holds it back. */
  readonly urgent: boolean;
}

/** All live subscriptions of a state topic that ask the same question. */
export class StateCohort<V, C = V> {
  readonly hub: StateHub<V, C>;
  /** Members get changes after the first whole value, instead of whole values. */
  readonly delta: boolean;
  readonly #encoder: Encoder;
  readonly #audience: Audience<V, StateSubscriber<V, C>>;
  readonly #ignore: () => void;

  constructor(hub: StateHub<V, C>, encoder: Encoder, delta: boolean) {
    this.hub = hub;
    this.delta = delta;
    this.#encoder = encoder;
    this.#audience = new Audience(hub.topic);
    this.#ignore = hub.listen((update, previous) => this.#update(update, previous));
  }

  add(member: StateSubscriber<V, C>, predicate: Predicate<V>): Group<V, StateSubscriber<V, C>> {
    return this.#audience.add(predicate, member);
  }

  /** True when nobody is left: the cohort is over. */
  remove(member: StateSubscriber<V, C>, group: Group<V, StateSubscriber<V, C>>): boolean {
    this.#audience.remove(group, member);
    if (!this.#audience.empty) return false;
    this.#ignore();
    return true;
  }

  encode(update: StateUpdate<V, C>, variant: number, conflated: number): Encoded {
    return this.#encoder.encode(update, variant, conflated, (): StateFrame<unknown, unknown> => {
      const snapshot = (variant & Variant.SNAPSHOT) !== 0;
      return {
        value: update.value,
        change: this.delta && !snapshot ? update.change : null,
        epoch: update.epoch,
        sequence: update.sequence,
        snapshot,
        matches: (variant & Variant.LEAVING) === 0,
        conflated,
      };
    });
  }

  #update(update: StateUpdate<V, C>, previous: StateUpdate<V, C> | null): void {
    this.#audience.forKey(update.key, (group) => {
      const { value } = update;
      if (value === undefined) return;
      const before = previous?.value;
      const matches = group.matches(value);
      const leaving = !matches && before !== undefined && group.matches(before);
      if (leaving || update.standsAlone) group.forgetPassed(update.key);
      if (!matches && !leaving) {
        if (update.standsAlone && previous) group.beganUntold(update.key);
        return;
      }
      if (matches && !group.passes(update.key, value)) return;
      const standsAlone = group.tells(update.key) || update.standsAlone;
      const urgent = leaving || standsAlone || isStale(value) !== isStale(before);
      const how = { standsAlone, leaving, urgent };
      for (const member of group.members) member.offer(update, how);
    });
  }
}

function isStale(value: unknown): boolean {
  return value !== null && typeof value === 'object' && 'stale' in value && value.stale === true;
}
