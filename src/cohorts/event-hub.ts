import type { Bus, BusRecord, EventPage, Position } from '../bus/bus.ts';
import { type EventTopic, streamOf, type TopicRef } from '../bus/topics.ts';
import { background } from '../lib/background.ts';
import type { Cancel, Clock } from '../lib/clock.ts';
import { ApiError, messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Address } from '../model/identity.ts';
import type { Archive } from '../store/archive/archive.ts';
import { Recent } from '../store/recent.ts';
import { encodeCursor } from './cursor.ts';
import { type Predicate, routeOf } from './predicate.ts';
import { Update } from './update.ts';

/** What comes after a position. */
export interface Following<V> {
  /** Oldest first, without a hole; of several epochs where the stream has begun anew. */
  readonly updates: readonly Update<V>[];
  /** Where a reader stands once it has them: the position itself where nothing came after it. */
  readonly end: Position;
}

export interface EventListener<V> {
  /** Each event once, in order, without a hole. */
  event(update: Update<V>): void;
  /**
   * History broke: the hub stands at the head of a new epoch. Only the archive of a durable topic may know what came after
   * `before`, where it stood.
   */
  epochChanged(before: Position): void;
}

/**
 * Newest events kept per topic in this process, with their encodings: what most readers that fall behind need. At 300
 * bytes an event and a few questions, some megabytes.
 */
const RING_EVENTS = 4_096;

/** Events read from the store in one step of a catch-up: bounds what a reader that is far behind costs in memory. */
const PAGE_EVENTS = 500;

/** Pages of the archive that are looked through for the newest that match: a filter that hardly anything meets ends here. */
const MAX_ARCHIVED_PAGES = 20;

/** Records held while a gap is being read; past it the rest of the gap is read once more. */
const HEARD_BOUND = 10_000;

/** Wait before a failed fill is tried again, milliseconds. */
const FILL_RETRY_MS = 1_000;

/**
 * How often the head is compared with the store's, milliseconds: a loss that nobody announced, on a topic that then stays
 * quiet, is found within this. One small read a topic.
 */
const POSITION_CHECK_MS = 10_000;

/** One process's live end of an event stream: every event once and in order, and a tail of the newest. */
export class EventHub<V> {
  readonly topic: EventTopic<V>;
  /** Whose stream it is; null where the topic is one. */
  readonly owner: Address | null;
  readonly #stream: TopicRef;
  readonly #bus: Bus;
  readonly #recent: Recent;
  /** Where a durable topic goes on when its stream no longer reaches back; null for others. */
  readonly #archive: Archive | null;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #listeners = new Set<EventListener<V>>();
  #opening: Promise<void> | null = null;
  #close: (() => void) | null = null;
  #epoch = '';
  #head = 0;
  /** Contiguous, newest last: ends at the head. */
  #ring: Update<V>[] = [];
  /** What is heard while the store is read; null when the live path is followed directly. */
  #heard: BusRecord[] | null = [];
  /** Something may have been missed since the reading that is under way was asked for: it is read once more. */
  #again = false;
  #closed = false;
  #timers: Cancel[] = [];
  /** Who waits for the head to come to a sequence. */
  #waiting: { readonly sequence: number; readonly resolve: () => void }[] = [];

  constructor(
    topic: EventTopic<V>,
    bus: Bus,
    clock: Clock,
    log: Log,
    { owner = null, archive = null }: { readonly owner?: Address | null; readonly archive?: Archive | null } = {},
  ) {
    this.topic = topic;
    this.owner = owner;
    this.#stream = streamOf(topic, owner);
    this.#bus = bus;
    this.#recent = new Recent(bus, log);
    this.#archive = topic.durable ? archive : null;
    this.#clock = clock;
    this.#log = log.child({ topic: topic.name });
  }

  /** Position of the newest event. */
  get head(): Position {
    return { epoch: this.#epoch, sequence: this.#head };
  }

  /** What a client keeps of a position in this stream. */
  cursorAt(position: Position): string {
    return encodeCursor(this.topic.name, position, this.owner);
  }

  listen(listener: EventListener<V>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Resolves when the head is known and every later event will be heard.
   * @throws ApiError `UNAVAILABLE` when the bus cannot be read.
   */
  open(): Promise<void> {
    this.#opening ??= this.#start().catch((error: unknown) => {
      this.#opening = null;
      this.#close?.();
      this.#close = null;
      throw error;
    });
    return this.#opening;
  }

  /** The event after `sequence` if it is still in the tail of this process, else null. */
  following(sequence: number): Update<V> | null {
    return this.#ring[sequence - this.#head + this.#ring.length] ?? null;
  }

  /**
   * Resolves when this process has heard everything up to `sequence`, which another process has seen already: it reads
   * the stream instead of waiting for the channel. False when the stream itself has not come that far.
   */
  async reach(sequence: number): Promise<boolean> {
    if (this.#head >= sequence) return true;
    const page = await this.#bus.readAfter(this.#stream, sequence, 1);
    if (page.head < sequence) return false;
    // Heard meanwhile: nobody would wake who waits for it now.
    if (this.#head >= sequence) return true;
    const reached = new Promise<void>((resolve) => this.#waiting.push({ sequence, resolve }));
    this.#lostThread();
    await reached;
    return true;
  }

  /** Whether it may know what came after positions of epochs that are over. */
  get isDurable(): boolean {
    return this.#archive !== null;
  }

  /**
   * What comes after a position, from the stream while it reaches back so far, else from the archive.
   * @returns null when nobody could say that it is all.
   */
  async readAfter(after: Position, limit = PAGE_EVENTS): Promise<Following<V> | null> {
    const { epoch, sequence } = after;
    const page = await this.#bus.readAfter(this.#stream, sequence, limit);
    if (page.epoch !== this.#epoch) await this.#restarted();
    if (page.epoch === epoch && page.oldest <= sequence + 1) return this.#following(after, page.records);
    if (!this.#archive) return null;
    const archived = await this.#archive.after(this.#stream, after, limit);
    if (!archived) return null;
    if (archived.length > 0) return this.#following(after, archived);
    // The epoch that lasts follows the one that is over, if all of it is still there.
    const first = await this.#bus.readAfter(this.#stream, 0, limit);
    if (first.epoch === epoch || first.oldest > 1) return null;
    return this.#following({ epoch: first.epoch, sequence: 0 }, first.records);
  }

  /** The newest events before `sequence` (exclusive) that a predicate lets through, oldest first, archived ones as well. */
  async newest(predicate: Predicate<V>, count: number, sequence: number): Promise<readonly Update<V>[]> {
    const choice = { ...predicate, ...(this.owner !== null && { owner: this.owner }) };
    const found = await this.#recent.newest(this.topic, choice, count, sequence);
    const now = this.#clock.now();
    const kept = found.map((event) => new Update({ ...event, form: 'value', payload: '' }, now, event.value));
    if (!this.#archive || kept.length >= count) return kept;
    return [...(await this.#newestArchived(this.#archive, predicate, count - kept.length)), ...kept];
  }

  async #newestArchived(archive: Archive, predicate: Predicate<V>, count: number): Promise<readonly Update<V>[]> {
    const { epoch, oldest } = await this.#bus.readAfter(this.#stream, Number.MAX_SAFE_INTEGER, 0);
    const newestFirst: Update<V>[] = [];
    let before: Position = { epoch, sequence: oldest };
    for (let pages = 0; pages < MAX_ARCHIVED_PAGES && newestFirst.length < count; pages++) {
      const records = await archive.before(this.#stream, before, PAGE_EVENTS);
      for (const record of records) {
        const { routes, test } = predicate;
        if (routes && !routes.includes(routeOf(this.topic, record.key))) continue;
        const update = new Update<V>(record, this.#clock.now());
        if (update.value === undefined || !(test?.(update.value) ?? true)) continue;
        newestFirst.push(update);
        if (newestFirst.length >= count) break;
      }
      const last = records.at(-1);
      if (!last || records.length < PAGE_EVENTS) break;
      before = last;
    }
    return newestFirst.reverse();
  }

  /** The position before the oldest event still kept: behind it lies all that can be had. */
  async beginning(): Promise<Position> {
    const { epoch, oldest } = await this.#bus.readAfter(this.#stream, Number.MAX_SAFE_INTEGER, 0);
    return { epoch, sequence: oldest - 1 };
  }

  close(): void {
    this.#closed = true;
    for (const cancel of this.#timers) cancel();
    this.#close?.();
    this.#close = null;
    this.#listeners.clear();
    this.#ring = [];
  }

  async #start(): Promise<void> {
    this.#heard = [];
    this.#again = false;
    this.#close = await this.#bus.subscribe(this.#stream, {
      message: (record) => this.#message(record),
      restored: () => this.#lostThread(),
    });
    // Whoever wanted it has gone meanwhile, and will not close it again.
    if (this.#closed) throw new ApiError('UNAVAILABLE', 'The subscriber has gone.');
    const before = this.#heard.length;
    const page = await this.#bus.readAfter(this.#stream, Number.MAX_SAFE_INTEGER, 0);
    this.#epoch = page.epoch;
    this.#head = page.head;
    this.#ring = [];
    this.#letGo(page, before);
    if (this.#again) background('fill a gap from the stream', this.#fill(), this.#log);
    else this.#drainHeard();
    this.#timers = [
      this.#clock.every(POSITION_CHECK_MS, () => background('check the position', this.#check(), this.#log)),
    ];
  }

  /** Compares positions with the store: whoever lost a message may not know it. */
  async #check(): Promise<void> {
    if (this.#heard || this.#closed) return;
    try {
      const { epoch, head } = await this.#bus.readAfter(this.#stream, Number.MAX_SAFE_INTEGER, 0);
      if (!this.#closed && (epoch !== this.#epoch || head > this.#head)) this.#lostThread();
    } catch (error) {
      this.#log.debug({ reason: messageOf(error) }, 'could not check the position');
    }
  }

  /** Resolves when the hub stands in the epoch that lasts, which a reading has shown to be another. */
  #restarted(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ sequence: Number.POSITIVE_INFINITY, resolve });
      this.#lostThread();
    });
  }

  #following(after: Position, records: readonly BusRecord[]): Following<V> {
    const now = this.#clock.now();
    return { updates: records.map((record) => new Update<V>(record, now)), end: records.at(-1) ?? after };
  }

  #message(record: BusRecord): void {
    if (!this.#heard) this.#accept(record);
    else if (this.#heard.length < HEARD_BOUND) this.#heard.push(record);
    else this.#again = true;
  }

  /**
   * Lets go of what is heard that a page has settled: what it shows, and what had come `before` it was asked for in an
   * epoch other than the page's, which is over. Of what came since nobody knows yet.
   */
  #letGo(page: EventPage, before: number): void {
    const stays = ({ epoch, sequence }: BusRecord, at: number) =>
      epoch === page.epoch ? sequence > page.head : at >= before;
    this.#heard = this.#heard?.filter(stays) ?? null;
  }

  #drainHeard(): void {
    const heard = this.#heard ?? [];
    this.#heard = null;
    for (const record of heard) {
      // A gap found on the way starts a new reading: the rest waits for it.
      if (this.#heard) this.#message(record);
      else this.#accept(record);
    }
  }

  #accept(record: BusRecord): void {
    if (record.epoch !== this.#epoch) return this.#lostThread(record);
    if (record.sequence <= this.#head) return;
    if (record.sequence > this.#head + 1) return this.#lostThread(record);
    this.#head = record.sequence;
    const update = new Update<V>(record, this.#clock.now());
    this.#ring.push(update);
    if (this.#ring.length >= 2 * RING_EVENTS) this.#ring = this.#ring.slice(-RING_EVENTS);
    for (const listener of this.#listeners) listener.event(update);
    this.#wakeWaiting();
  }

  #wakeWaiting(): void {
    if (this.#waiting.length === 0) return;
    const reached = this.#waiting.filter(({ sequence }) => sequence <= this.#head);
    this.#waiting = this.#waiting.filter(({ sequence }) => sequence > this.#head);
    for (const { resolve } of reached) resolve();
  }

  /** Something may have been missed: the stream is read up to its head before the live path is followed again. */
  #lostThread(record?: BusRecord): void {
    if (this.#heard) {
      this.#again = true;
      return;
    }
    this.#heard = record ? [record] : [];
    background('fill a gap from the stream', this.#fill(), this.#log);
  }

  async #fill(): Promise<void> {
    // What the same turn still brings is settled by the same reading.
    await Promise.resolve();
    try {
      for (;;) {
        this.#again = false;
        const before = this.#heard?.length ?? 0;
        const page = await this.#bus.readAfter(this.#stream, this.#head, PAGE_EVENTS);
        if (page.epoch !== this.#epoch || page.oldest > this.#head + 1) this.#restart(page);
        const heard = this.#heard;
        this.#heard = null;
        for (const record of page.records) this.#accept(record);
        this.#heard = heard;
        if (this.#head < page.head) continue;
        this.#letGo(page, before);
        if (!this.#again) break;
      }
      this.#drainHeard();
    } catch (error) {
      if (this.#closed) return;
      this.#log.warn({ reason: messageOf(error) }, 'could not read the stream after a gap');
      const again = () => background('fill a gap from the stream', this.#fill(), this.#log);
      this.#timers[1] = this.#clock.after(FILL_RETRY_MS, again);
    }
  }

  /** Takes up a stream that does not join on to what was delivered: readers are told, none gets a part of it. */
  #restart(page: EventPage): void {
    this.#log.warn({ epoch: page.epoch, head: page.head }, 'the stream no longer reaches back to what was delivered');
    const before = this.head;
    this.#epoch = page.epoch;
    this.#head = page.head;
    this.#ring = [];
    for (const listener of this.#listeners) listener.epochChanged(before);
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }
}
