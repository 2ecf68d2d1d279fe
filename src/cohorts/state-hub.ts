import type { Bus, BusRecord, Position } from '../bus/bus.ts';
import type { StateTopic } from '../bus/topics.ts';
import { background } from '../lib/background.ts';
import { type Cancel, type Clock, pause } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { StateUpdate } from './update.ts';

/** Called for each update in the order of its key, with the one before it (null for the first). */
export type StateListener<V, C> = (update: StateUpdate<V, C>, previous: StateUpdate<V, C> | null) => void;

interface Key<V, C> {
  update: StateUpdate<V, C> | null;
  /** The newest updates that follow each other, where the topic has changes; the last is `update`. */
  recent: StateUpdate<V, C>[];
  /** Records heard while the latest value is being read; null when it is not. */
  heard: BusRecord[] | null;
  /** Members that want this key and are not satisfied by all of the topic being held. */
  wanted: number;
}

/**
 * Records held for one key while its latest value is read. A read takes milliseconds; past this many the oldest are let
 * go, and the hole is found by sequence and read again.
 */
const HEARD_BOUND = 1_000;

/**
 * Changes kept of one key for readers that are a moment behind: they get what they missed instead of the whole value. Some
 * three seconds of a book at ten changes a second; past that the whole is the shorter way.
 */
const RECENT_CHANGES = 32;

/** Wait before reading again when the first try after a break failed, milliseconds: the store has just come back. */
const RELOAD_RETRY_MS = 1_000;

/**
 * How often what is held is compared with the store, by its position alone, milliseconds: a loss that nobody announced,
 * of a key that then stays quiet, is found within this and {@link ON_ITS_WAY_MS}.
 */
const POSITION_CHECK_MS = 10_000;

/** How long the last value of a key that has ended is held for slow readers, milliseconds. */
const ENDED_KEPT_MS = 60_000;

/** The store is a moment ahead of the channel: what is not here this long after it was seen there is lost. Milliseconds. */
const ON_ITS_WAY_MS = 1_000;

/**
 * One process's copy of the latest values of a state topic, fed by one bus subscription.
 *
 * Join is here and nowhere else: listen first, then read, merge by sequence, read again on a gap. A reader that reads
 * first and listens after loses what is published in between.
 */
export class StateHub<V, C = V> {
  readonly topic: StateTopic<V, C>;
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #keys = new Map<string, Key<V, C>>();
  readonly #listeners = new Set<StateListener<V, C>>();
  #opening: Promise<void> | null = null;
  #close: (() => void) | null = null;
  #stopChecking: Cancel | null = null;
  /** All of the topic is held, or about to be. */
  #holdsAll = false;
  /** Members that want all of it. */
  #wantAll = 0;
  #loadingAll: Promise<void> | null = null;

  constructor(topic: StateTopic<V, C>, bus: Bus, clock: Clock, log: Log) {
    this.topic = topic;
    this.#bus = bus;
    this.#clock = clock;
    this.#log = log.child({ topic: topic.name });
  }

  listen(listener: StateListener<V, C>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Resolves when the latest values of these keys (null: of all) are held and every later update will be heard. The
   * returned function gives the interest back.
   * @throws ApiError `UNAVAILABLE` when the bus cannot be read.
   */
  async want(keys: readonly string[] | null): Promise<() => void> {
    await this.#open();
    if (keys === null) {
      this.#wantAll++;
      this.#loadingAll ??= this.#loadAll();
      try {
        await this.#loadingAll;
      } catch (error) {
        this.#wantAll--;
        throw error;
      }
      return () => this.#releaseAll();
    }
    const missing = keys.filter((key) => this.#interest(key));
    try {
      // While everything is being read, a key that is not here yet may still have a value.
      await this.#loadingAll;
      if (missing.length > 0) await this.#load(missing);
      else await this.#settled(keys);
    } catch (error) {
      this.#release(keys);
      throw error;
    }
    return () => this.#release(keys);
  }

  /** The latest update of a key that is held; null when there is none yet. */
  current(key: string): StateUpdate<V, C> | null {
    return this.#keys.get(key)?.update ?? null;
  }

  /** The update that follows a position of a key, if it is still known, as a change or standing alone; else null. */
  following(key: string, { epoch, sequence }: Position): StateUpdate<V, C> | null {
    const { recent = [] } = this.#keys.get(key) ?? {};
    const [first] = recent;
    return (first?.epoch === epoch && recent[sequence + 1 - first.sequence]) || null;
  }

  /** The latest updates of all keys that are held. */
  *held(): IterableIterator<StateUpdate<V, C>> {
    for (const { update } of this.#keys.values()) if (update) yield update;
  }

  close(): void {
    this.#stopChecking?.();
    this.#close?.();
    this.#close = null;
    this.#keys.clear();
    this.#listeners.clear();
  }

  #open(): Promise<void> {
    this.#opening ??= this.#bus
      .subscribe(this.topic, {
        message: (record) => this.#message(record),
        restored: () => this.#restored(),
      })
      .then(
        (close) => {
          this.#close = close;
          this.#stopChecking = this.#clock.every(POSITION_CHECK_MS, () =>
            background('check positions', this.#check(), this.#log),
          );
        },
        (error: unknown) => {
          this.#opening = null;
          throw error;
        },
      );
    return this.#opening;
  }

  #restored(): void {
    background('read again after a break', this.#reload(), this.#log);
  }

  /** Notes that a key is wanted; true when its value has to be read. */
  #interest(key: string): boolean {
    const held = this.#keys.get(key);
    if (held) {
      held.wanted++;
      return false;
    }
    // Once everything is held, a key that is not here has no value: its first one will be heard.
    this.#keys.set(key, { update: null, recent: [], heard: this.#holdsAll ? null : [], wanted: 1 });
    return !this.#holdsAll;
  }

  #release(keys: readonly string[]): void {
    for (const key of keys) {
      const held = this.#keys.get(key);
      if (held && --held.wanted <= 0 && !this.#holdsAll) this.#keys.delete(key);
    }
  }

  /** Where each change is folded, holding what nobody wants has a price. */
  #releaseAll(): void {
    if (--this.#wantAll > 0 || !this.topic.fold) return;
    this.#holdsAll = false;
    this.#loadingAll = null;
    for (const [key, held] of this.#keys) if (held.wanted <= 0) this.#keys.delete(key);
  }

  async #loadAll(): Promise<void> {
    this.#holdsAll = true;
    try {
      await this.#readAll();
    } catch (error) {
      this.#holdsAll = false;
      this.#loadingAll = null;
      for (const [key, held] of this.#keys) if (held.wanted <= 0) this.#keys.delete(key);
      throw error;
    }
  }

  async #readAll(): Promise<void> {
    for (const held of this.#keys.values()) held.heard ??= [];
    try {
      const latest = await this.#bus.latest(this.topic);
      for (const key of latest.keys()) this.#key(key);
      for (const key of [...this.#keys.keys()]) this.#merge(key, latest.get(key));
    } catch (error) {
      for (const held of this.#keys.values()) held.heard = null;
      throw error;
    }
  }

  async #load(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    for (const key of keys) {
      const held = this.#keys.get(key);
      if (held) held.heard ??= [];
    }
    try {
      const latest = await this.#bus.latest(this.topic, keys);
      for (const key of keys) this.#merge(key, latest.get(key));
    } catch (error) {
      for (const key of keys) {
        const held = this.#keys.get(key);
        if (held) held.heard = null;
      }
      throw error;
    }
  }

  /** Reads everything held again after a break; what is heard meanwhile waits. Tries until it succeeds. */
  async #reload(): Promise<void> {
    try {
      if (this.#holdsAll) await this.#readAll();
      else await this.#load([...this.#keys.keys()]);
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'could not read again after a break');
      this.#clock.after(RELOAD_RETRY_MS, () => this.#restored());
    }
  }

  /** Compares positions with the store: whoever lost a message may not know it. */
  async #check(): Promise<void> {
    if (this.#keys.size === 0 && !this.#holdsAll) return;
    try {
      const positions = await this.#bus.positions(this.topic, this.#holdsAll ? undefined : [...this.#keys.keys()]);
      await pause(this.#clock, ON_ITS_WAY_MS);
      this.#letGo(positions);
      const lost = [...positions].flatMap(([key, position]) => (this.#has(key, position) ? [] : [key]));
      if (this.#holdsAll) for (const key of lost) this.#key(key);
      if (lost.length > 0) await this.#load(lost);
    } catch (error) {
      this.#log.debug({ reason: messageOf(error) }, 'could not check positions');
    }
  }

  /** Of a topic whose keys end: forgets those that the store has forgotten for a while, for whoever is still behind. */
  #letGo(positions: ReadonlyMap<string, Position>): void {
    if (!this.topic.keysEnd || !this.#holdsAll) return;
    const before = this.#clock.now() - ENDED_KEPT_MS;
    for (const [key, { update, wanted }] of this.#keys)
      if (update && !positions.has(key) && update.heardAt < before && wanted <= 0) this.#keys.delete(key);
  }

  /** Whether what is held of a key is not older than this, or is not wanted. */
  #has(key: string, { epoch, sequence }: Position): boolean {
    const held = this.#keys.get(key);
    if (!held) return !this.#holdsAll;
    return held.update?.epoch === epoch && held.update.sequence >= sequence;
  }

  /** Waits until none of the keys is being read by someone else. */
  async #settled(keys: readonly string[]): Promise<void> {
    const busy = keys.filter((key) => this.#keys.get(key)?.heard);
    if (busy.length > 0) await this.#load(busy);
  }

  #key(key: string): Key<V, C> {
    let held = this.#keys.get(key);
    if (!held) {
      held = { update: null, recent: [], heard: null, wanted: 0 };
      this.#keys.set(key, held);
    }
    return held;
  }

  #message(record: BusRecord): void {
    const held = this.#holdsAll ? this.#key(record.key) : this.#keys.get(record.key);
    if (!held) return;
    if (!held.heard) return this.#apply(held, record);
    if (held.heard.length === HEARD_BOUND) held.heard.shift();
    held.heard.push(record);
  }

  /** Joins what was read with what was heard during the reading. */
  #merge(key: string, read: BusRecord | undefined): void {
    const held = this.#keys.get(key);
    if (!held) return;
    const heard = held.heard ?? [];
    held.heard = null;
    if (read) this.#apply(held, read);
    for (const record of heard) this.#apply(held, record);
  }

  #apply(held: Key<V, C>, record: BusRecord): void {
    const last = held.update;
    const sameLife = last !== null && last.epoch === record.epoch;
    if (sameLife && record.sequence <= last.sequence) return;
    const follows = sameLife && record.sequence === last.sequence + 1;
    if (record.form === 'change' && !follows) return this.#lostThread(held, record);
    const update = this.#update(record, last, sameLife);
    if (!update) return;
    held.update = update;
    if (this.topic.fold) {
      if (!follows) held.recent = [];
      if (held.recent.push(update) > RECENT_CHANGES) held.recent.shift();
    }
    for (const listener of this.#listeners) listener(update, last);
  }

  #update(record: BusRecord, last: StateUpdate<V, C> | null, sameLife: boolean): StateUpdate<V, C> | null {
    const { fold } = this.topic;
    if (!fold) return new StateUpdate<V, C>(record, this.#clock.now(), !sameLife);
    // A topic of changes folds at once: the next change needs this value.
    try {
      if (record.form === 'value') return new StateUpdate<V, C>(record, this.#clock.now(), true);
      if (last?.value === undefined) throw new Error('change without a value before it');
      const change = JSON.parse(record.payload) as C;
      return new StateUpdate<V, C>(record, this.#clock.now(), false, { value: fold(last.value, change), change });
    } catch (error) {
      this.#log.error({ key: record.key, reason: messageOf(error) }, 'a change that cannot be applied was dropped');
      return null;
    }
  }

  #lostThread(held: Key<V, C>, record: BusRecord): void {
    held.heard = [record];
    background('read again after a gap', this.#load([record.key]), this.#log);
  }
}
