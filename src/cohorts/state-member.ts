import type { Position } from '../bus/bus.ts';
import type { Cancel, Clock } from '../lib/clock.ts';
import { ApiError } from '../lib/errors.ts';
import type { Group } from './audience.ts';
import type { Lane } from './lane.ts';
import type { Ending } from './mailbox.ts';
import type { Meter } from './meter.ts';
import type { Offer, StateCohort, StateSubscriber } from './state-cohort.ts';
import { type StateUpdate, Variant } from './update.ts';

/** A key of which the reader has not got the newest value. */
interface Owed {
  /** Updates that the newest one will stand for, beside itself. */
  folded: number;
  /** One of them did not follow from the one before. */
  snapshot: boolean;
  /** Not to be written before this time, milliseconds: the reader's own rate. */
  notBefore: number;
}

/**
 * One subscription of a state topic. It keeps no values: only which keys it owes. The start is a special case of being
 * behind: every key that matches is owed, as a snapshot.
 */
export class StateMember<V, C = V> implements StateSubscriber<V, C> {
  readonly #cohort: StateCohort<V, C>;
  readonly #lane: Lane;
  readonly #clock: Clock;
  readonly #meter: Meter;
  readonly #mailbox: Ending;
  readonly #minIntervalMs: number;
  #group: Group<V, StateSubscriber<V, C>> | null = null;
  #owed: Map<string, Owed> | null = null;
  /** With a rate: when each key was last written. */
  readonly #sentAt: Map<string, number> | null;
  /** With changes: the position of each key that the reader has. */
  readonly #sentTo: Map<string, Position> | null;
  #timer: { readonly at: number; readonly cancel: Cancel } | null = null;
  #encoding = false;
  #live = false;

  constructor(
    cohort: StateCohort<V, C>,
    lane: Lane,
    mailbox: Ending,
    minIntervalMs: number,
    clock: Clock,
    meter: Meter,
  ) {
    this.#cohort = cohort;
    this.#lane = lane;
    this.#mailbox = mailbox;
    this.#minIntervalMs = minIntervalMs;
    this.#sentAt = minIntervalMs > 0 ? new Map() : null;
    this.#sentTo = cohort.delta ? new Map() : null;
    this.#clock = clock;
    this.#meter = meter;
    lane.onRoom = () => this.pump();
  }

  /** Begins with the snapshot: one frame for each key that is held and matches. */
  start(group: Group<V, StateSubscriber<V, C>>, keys: Iterable<StateUpdate<V, C>>): void {
    this.#group = group;
    for (const update of keys) {
      if (update.value === undefined || !group.matches(update.value)) continue;
      group.passes(update.key, update.value);
      this.#owe(update.key, true, 0);
    }
    this.pump();
  }

  /** An update that this member's predicate lets through. */
  offer(update: StateUpdate<V, C>, { standsAlone, leaving, urgent }: Offer): void {
    const now = this.#minIntervalMs > 0 ? this.#clock.now() : 0;
    const due =
      this.#minIntervalMs > 0 && !urgent ? (this.#sentAt?.get(update.key) ?? -Infinity) + this.#minIntervalMs : 0;
    const behind = this.#owed?.get(update.key);
    if (behind || due > now || this.#lane.blocked || this.#encoding) {
      if (behind) {
        behind.folded++;
        behind.snapshot ||= standsAlone;
        if (urgent) behind.notBefore = 0;
      } else this.#owe(update.key, standsAlone, due);
      if (behind && !this.#cohort.delta) this.#meter.folded();
      if (urgent) this.pump();
      else if (due > now) this.#wake(due);
    } else if (!this.#write(update, standsAlone, leaving, 0)) this.#owe(update.key, standsAlone, 0);
  }

  /** Writes what is owed, newest values, until nothing is or the lane is blocked. */
  pump(): void {
    if (this.#encoding || this.#mailbox.closed) return;
    const now = this.#minIntervalMs > 0 ? this.#clock.now() : 0;
    let next = Infinity;
    for (const [key, owed] of this.#owed ?? []) {
      if (owed.notBefore > now) next = Math.min(next, owed.notBefore);
      else if (!this.#pay(key, owed)) return;
      else this.#owed?.delete(key);
    }
    if (next < Infinity) this.#wake(next);
    if (this.#live || this.#mailbox.closed) return;
    this.#live = true;
    this.#lane.live();
  }

  /** Keys of which the reader has not got the newest value. */
  get behind(): number {
    return this.#owed?.size ?? 0;
  }

  detach(): boolean {
    this.#timer?.cancel();
    this.#lane.onRoom = null;
    return this.#group ? this.#cohort.remove(this, this.#group) : false;
  }

  /** Writes what is owed of a key. False when the lane is blocked or the bytes are still being made. */
  #pay(key: string, owed: Owed): boolean {
    const { hub, delta } = this.#cohort;
    const newest = hub.current(key);
    let update: StateUpdate<V, C> | null;
    do {
      if (this.#lane.blocked) return false;
      // Of changes every one is written, as long as they are known: none is ever folded.
      const sent = delta ? this.#sentTo?.get(key) : undefined;
      update = (sent ? hub.following(key, sent) : null) ?? newest;
      if (update?.value === undefined) return true;
      const leaving = !(this.#group?.matches(update.value) ?? true);
      if (!this.#write(update, owed.snapshot && !delta, leaving, delta ? 0 : owed.folded)) return false;
    } while (update !== newest && !this.#mailbox.closed);
    return true;
  }

  /** False when the bytes are still being made: what was to be written is owed, and the pump comes back. */
  #write(update: StateUpdate<V, C>, snapshot: boolean, leaving: boolean, folded: number): boolean {
    const whole = snapshot || (this.#cohort.delta && !this.#follows(update));
    const variant = (whole ? Variant.SNAPSHOT : 0) + (leaving ? Variant.LEAVING : 0);
    const encoded = this.#cohort.encode(update, variant, folded);
    if (encoded instanceof Promise) {
      this.#encoding = true;
      const again = () => {
        this.#encoding = false;
        this.pump();
      };
      encoded.then(again, again);
      return false;
    }
    if (encoded === null) {
      this.#mailbox.end(new ApiError('INTERNAL_SERVER_ERROR', 'An update could not be answered.'));
      return true;
    }
    this.#sentTo?.set(update.key, { epoch: update.epoch, sequence: update.sequence });
    this.#sentAt?.set(update.key, this.#clock.now());
    this.#lane.next(encoded, null);
    this.#meter.wrote(encoded.length, update.heardAt, this.#clock);
    return true;
  }

  /** Whether its change leads on from what the reader has. */
  #follows({ key, change, epoch, sequence }: StateUpdate<V, C>): boolean {
    const sent = this.#sentTo?.get(key);
    return change !== null && sent?.epoch === epoch && sent.sequence === sequence - 1;
  }

  #owe(key: string, snapshot: boolean, notBefore: number): void {
    this.#owed ??= new Map();
    this.#owed.set(key, { folded: 0, snapshot, notBefore });
  }

  #wake(at: number): void {
    // Another key may be due before this one.
    if (this.#timer && this.#timer.at <= at) return;
    this.#timer?.cancel();
    const cancel = this.#clock.after(Math.max(0, at - this.#clock.now()), () => {
      this.#timer = null;
      this.pump();
    });
    this.#timer = { at, cancel };
  }
}
