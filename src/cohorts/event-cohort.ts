import type { Position } from '../bus/bus.ts';
import { Audience, type Group } from './audience.ts';
import type { Encoder } from './encoder.ts';
import type { EventHub } from './event-hub.ts';
import type { Predicate } from './predicate.ts';
import { type Encoded, type EventFrame, type Update, Variant } from './update.ts';

/** One subscription, to the cohort that it is in. */
export interface EventSubscriber<V> {
  /**
   * An event at the head that its predicate lets through.
   * @param cursor where it stands, for a lane that wants it.
   */
  offer(update: Update<V>, encoded: Encoded, cursor: () => string): void;
  /** History broke: it ends, or goes on from `before`, the head of the epoch that is over. */
  broke(before: Position): void;
}

/** All live subscriptions of an event stream that ask the same question. */
export class EventCohort<V> {
  readonly hub: EventHub<V>;
  readonly #encoder: Encoder;
  readonly #audience: Audience<V, EventSubscriber<V>>;
  readonly #ignore: () => void;

  constructor(hub: EventHub<V>, encoder: Encoder) {
    this.hub = hub;
    this.#encoder = encoder;
    this.#audience = new Audience(hub.topic);
    this.#ignore = hub.listen({
      event: (update) => {
        // Looked at once, not once for each of ten thousand predicates.
        const { value } = update;
        if (value === undefined) return;
        const ofAll = tellsGap(value) ? Variant.LEAVING : null;
        const cursor = () => this.hub.cursorAt(update);
        this.#audience.forKey(update.key, (group) => {
          const variant = group.matches(value) ? Variant.PLAIN : group.leaves(value) ? Variant.LEAVING : ofAll;
          if (variant === null) return;
          const encoded = this.encode(update, variant);
          for (const member of group.members) member.offer(update, encoded, cursor);
        });
      },
      epochChanged: (before) => this.#audience.forEach((member) => member.broke(before)),
    });
  }

  add(member: EventSubscriber<V>, predicate: Predicate<V>): Group<V, EventSubscriber<V>> {
    return this.#audience.add(predicate, member);
  }

  /** True when nobody is left: the cohort is over. */
  remove(member: EventSubscriber<V>, group: Group<V, EventSubscriber<V>>): boolean {
    this.#audience.remove(group, member);
    if (!this.#audience.empty) return false;
    this.#ignore();
    return true;
  }

  encode(update: Update<V>, variant: number): Encoded {
    return this.#encoder.encode(
      update,
      variant,
      0,
      (): EventFrame<unknown> => ({
        value: update.value,
        epoch: update.epoch,
        sequence: update.sequence,
        cursor: this.hub.cursorAt(update),
        matches: (variant & Variant.LEAVING) === 0,
        replayed: (variant & Variant.REPLAYED) !== 0,
      }),
    );
  }
}

/**
 * How an event goes to a group; null when it does not. The first event after a hole in what the venue told goes to all
 * who watch its key, whether it matches or not: it carries the news of the hole. What matched before this change of it goes
 * once more, to say that it does no longer.
 */
export function variantFor<V, M>(group: Group<V, M>, update: Update<V>): number | null {
  const { value } = update;
  if (value === undefined) return null;
  if (group.matches(value)) return Variant.PLAIN;
  if (group.leaves(value)) return Variant.LEAVING;
  return tellsGap(value) ? Variant.LEAVING : null;
}

function tellsGap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'gapBefore' in value && value.gapBefore !== null;
}
