import type { Position } from '../bus/bus.ts';
import type { Clock } from '../lib/clock.ts';
import { ApiError } from '../lib/errors.ts';
import type { Group } from './audience.ts';
import { type EventCohort, type EventSubscriber, variantFor } from './event-cohort.ts';
import type { Lane } from './lane.ts';
import type { Ending } from './mailbox.ts';
import type { Meter } from './meter.ts';
import { routeOf } from './predicate.ts';
import { type Encoded, type Update, Variant } from './update.ts';

/**
 * One subscription of an event stream. It keeps no events: only how far it has come, when it is behind. A resume is a
 * special case of being behind; once it has caught up with the head it is carried along by the cohort.
 */
export class EventMember<V> implements EventSubscriber<V> {
  readonly #cohort: EventCohort<V>;
  readonly #lane: Lane;
  readonly #meter: Meter;
  readonly #clock: Clock;
  readonly #mailbox: Ending;
  #group: Group<V, EventSubscriber<V>> | null = null;
  /** Last position dealt with, while behind; null while carried along at the head. */
  #position: Position | null = null;
  /** Events from the store that are not written yet, oldest first. */
  #page: readonly Update<V>[] = [];
  #busy = false;
  #live = false;
  /** History broke on the way: what cannot be had is not the reader's fault. */
  #broken = false;

  constructor(cohort: EventCohort<V>, lane: Lane, mailbox: Ending, meter: Meter, clock: Clock) {
    this.#cohort = cohort;
    this.#lane = lane;
    this.#mailbox = mailbox;
    this.#meter = meter;
    this.#clock = clock;
    lane.onRoom = () => this.pump();
  }

  /**
   * @param backlog events to write first, oldest first, all of them before `from`.
   * @param from last position that the reader has: what comes after it is written.
   */
  start(group: Group<V, EventSubscriber<V>>, from: Position, backlog: readonly Update<V>[]): void {
    this.#group = group;
    this.#position = from;
    this.#page = backlog;
    this.pump();
  }

  /** Everything that matches up to here has been written. */
  get cursor(): string {
    const { hub } = this.#cohort;
    const [next] = this.#page;
    // A backlog lies before the position: until it is written, so does the reader.
    const position = next ? { epoch: next.epoch, sequence: next.sequence - 1 } : (this.#position ?? hub.head);
    return hub.cursorAt(position);
  }

  /** Events between the reader and the head. */
  get behind(): number {
    const { epoch, sequence } = this.#cohort.hub.head;
    if (!this.#position) return 0;
    return this.#position.epoch === epoch ? sequence - this.#position.sequence : sequence;
  }

  offer(update: Update<V>, encoded: Encoded, cursor: () => string): void {
    if (this.#position) return;
    if (!this.#lane.blocked && this.#write(update, encoded, cursor)) return;
    this.#position = { epoch: update.epoch, sequence: update.sequence - 1 };
  }

  /** Writes what lies between the reader's position and the head, until it is there or the lane is blocked. */
  pump(): void {
    const { hub } = this.#cohort;
    while (this.#position && !this.#busy && !this.#mailbox.closed) {
      const isOver = this.#position.epoch !== hub.head.epoch;
      if (isOver && !hub.isDurable) return this.#expire();
      if (this.#lane.blocked) return;
      const paged = this.#page[0];
      const update = paged ?? (isOver ? null : hub.following(this.#position.sequence));
      if (update) {
        if (!this.#replay(update)) return;
        if (paged) this.#page = this.#page.slice(1);
        // A backlog ends before the position: it never turns it back.
        if (isBefore(this.#position, update)) this.#position = update;
      } else if (isOver || this.#position.sequence < hub.head.sequence) return this.#readOn(this.#position);
      else {
        this.#position = null;
        this.#broken = false;
        if (!this.#live) {
          this.#live = true;
          this.#lane.live();
        }
      }
    }
  }

  /** History broke while it was carried along: it goes on from the archive, if that knows how. */
  broke(before: Position): void {
    if (!this.#cohort.hub.isDurable) return this.#expire();
    this.#broken = true;
    this.#position ??= before;
    this.pump();
  }

  /** History broke, or never reached back this far: the reader is told, and given no part of the rest. */
  #expire(): void {
    const message = 'What came after this cursor is no longer kept in full. Start anew without it.';
    this.#mailbox.end(new ApiError('CURSOR_EXPIRED', message));
  }

  /** A live reader fell so far behind that its position left both the tail of this process and the stream. */
  #tooSlow(): void {
    this.#meter.ranOut();
    const message = 'The reader fell further behind than events are kept.';
    this.#mailbox.end(new ApiError('SLOW_CONSUMER', message, { resumeCursor: this.cursor }));
  }

  detach(): boolean {
    this.#lane.onRoom = null;
    this.#page = [];
    return this.#group ? this.#cohort.remove(this, this.#group) : false;
  }

  /** Writes an event of the past if it matches. False when its bytes are still being made. */
  #replay(update: Update<V>): boolean {
    const group = this.#group;
    if (!group) return true;
    const { routes } = group.predicate;
    if (routes && !routes.includes(routeOf(this.#cohort.hub.topic, update.key))) return true;
    const variant = variantFor(group, update);
    if (variant === null) return true;
    const encoded = this.#cohort.encode(update, variant + (this.#live ? 0 : Variant.REPLAYED));
    return this.#write(update, encoded, () => this.#cohort.hub.cursorAt(update));
  }

  /** False when the bytes are still being made: they are written when they are. */
  #write(update: Update<V>, encoded: Encoded, cursor: () => string): boolean {
    if (encoded instanceof Promise) {
      this.#busy = true;
      const again = () => {
        this.#busy = false;
        this.pump();
      };
      encoded.then(again, again);
      return false;
    }
    if (encoded === null) {
      const message = 'An event could not be answered.';
      this.#mailbox.end(new ApiError('INTERNAL_SERVER_ERROR', message, { resumeCursor: cursor() }));
      return true;
    }
    this.#lane.next(encoded, cursor);
    this.#meter.wrote(encoded.length, update.heardAt, this.#clock);
    return true;
  }

  #readOn(after: Position): void {
    this.#busy = true;
    this.#cohort.hub.readAfter(after).then(
      (following) => {
        this.#busy = false;
        const { head } = this.#cohort.hub;
        if (!following)
          return this.#live && !this.#broken && after.epoch === head.epoch ? this.#tooSlow() : this.#expire();
        const { updates, end } = following;
        // The stream is ahead of the channel: what lies beyond the head comes when the head does, and not twice.
        this.#page = updates.filter(({ epoch, sequence }) => epoch !== head.epoch || sequence <= head.sequence);
        if (updates.length === 0) this.#position = end;
        else if (this.#page.length === 0) this.#position = { epoch: head.epoch, sequence: head.sequence };
        this.pump();
      },
      (error: unknown) => {
        this.#busy = false;
        this.#mailbox.end(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }
}

/** Whether one position comes before another in the same stream: names of epochs sort as they began. */
function isBefore(a: Position, b: Position): boolean {
  return a.epoch === b.epoch ? a.sequence < b.sequence : a.epoch < b.epoch;
}
