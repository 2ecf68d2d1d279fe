import type { Bus, BusRecord, Position } from '../bus/bus.ts';
import type { TopicRef } from '../bus/topics.ts';
import { background } from '../lib/background.ts';
import type { Cancel, Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';

/** Events read in one step. */
const PAGE_EVENTS = 500;

/** Events that wait while others are being read; past that they are let go, and read. */
const MOST_WAITING = 10_000;

/** How often the stream is asked whether it is ahead: of a loss that nobody announced, milliseconds. */
const CHECK_MS = 10_000;

/** Until a reading that failed is tried again, milliseconds. */
const RETRY_MS = 1_000;

export interface EventFollowerOptions {
  readonly bus: Bus;
  readonly topic: TopicRef;
  readonly clock: Clock;
  readonly log: Log;
  /** Every event after this place; null for the oldest that is still kept. */
  readonly from: Position | null;
  /** Every event once, in the order of the stream. Must not throw. */
  readonly event: (record: BusRecord) => void;
  /** Events between the last one and the next are gone: the stream began a new life, or is not kept back that far. */
  readonly lost: () => void;
}

/**
 * Follows an event stream from a place, without a hole: listens first, reads after, and reads again after every break. What
 * cannot be had any more it says.
 */
export class EventFollower {
  readonly #options: EventFollowerOptions;
  #at: Position | null;
  #waiting: BusRecord[] = [];
  #reading: Promise<void> | null = null;
  #again = false;
  #close: Cancel | null = null;
  #timers: Cancel[] = [];
  #stopped = false;

  constructor(options: EventFollowerOptions) {
    this.#options = options;
    this.#at = options.from;
  }

  /** Resolves when everything was told that the stream held by then. Tries until it can. */
  async start(): Promise<void> {
    const { bus, topic, clock, log } = this.#options;
    while (!this.#stopped) {
      try {
        const close = await bus.subscribe(topic, {
          message: (record) => this.#heard(record),
          restored: () => this.#catchUp(),
        });
        if (this.#stopped) return close();
        this.#close = close;
        break;
      } catch (error) {
        log.warn({ topic: topic.name, reason: messageOf(error) }, 'a stream cannot be followed yet');
        await new Promise<void>((resolve) => void this.#timers.push(clock.after(RETRY_MS, resolve)));
      }
    }
    if (this.#stopped) return;
    this.#timers.push(clock.every(CHECK_MS, () => this.#catchUp()));
    this.#catchUp();
    await this.#reading;
  }

  stop(): void {
    this.#stopped = true;
    this.#close?.();
    for (const cancel of this.#timers) cancel();
    this.#timers = [];
    this.#waiting = [];
  }

  #heard(record: BusRecord): void {
    if (this.#stopped) return;
    if (!this.#reading && this.#knows(record)) return;
    if (!this.#reading && this.#follows(record)) return this.#tell(record);
    if (this.#waiting.length === MOST_WAITING) this.#waiting.shift();
    this.#waiting.push(record);
    this.#catchUp();
  }

  /** One reading at a time; who asks meanwhile is served by one more. */
  #catchUp(): void {
    if (this.#stopped) return;
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = this.#read().finally(() => {
      this.#reading = null;
    });
    background('follow a stream', this.#reading, this.#options.log);
  }

  async #read(): Promise<void> {
    const { topic, clock, log } = this.#options;
    do {
      this.#again = false;
      try {
        await this.#readToHead();
        this.#takeWaiting();
      } catch (error) {
        log.debug({ topic: topic.name, reason: messageOf(error) }, 'a stream cannot be read now');
        await new Promise<void>((resolve) => void this.#timers.push(clock.after(RETRY_MS, resolve)));
        this.#again = true;
      }
    } while (this.#again && !this.#stopped);
  }

  async #readToHead(): Promise<void> {
    const { bus, topic, lost } = this.#options;
    for (;;) {
      let page = await bus.readAfter(topic, this.#at?.sequence ?? 0, PAGE_EVENTS);
      if (this.#stopped) return;
      if (this.#at && this.#at.epoch !== page.epoch) {
        lost();
        page = await bus.readAfter(topic, 0, PAGE_EVENTS);
        this.#at = null;
      } else if (this.#at && page.oldest > this.#at.sequence + 1) lost();
      this.#at ??= { epoch: page.epoch, sequence: page.oldest - 1 };
      for (const record of page.records) if (!this.#stopped) this.#tell(record);
      if (page.records.length === 0 || this.#at.sequence >= page.head) return;
    }
  }

  /** What was heard while it was read: what follows is told, what is missing is read with what comes. */
  #takeWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const [place, record] of waiting.entries()) {
      if (this.#knows(record)) continue;
      if (this.#follows(record)) this.#tell(record);
      else {
        this.#waiting = waiting.slice(place);
        this.#again = true;
        return;
      }
    }
  }

  /** Names of epochs sort as they began: what comes of an old one is no news. */
  #knows({ epoch, sequence }: BusRecord): boolean {
    const at = this.#at;
    return at !== null && (at.epoch === epoch ? sequence <= at.sequence : epoch < at.epoch);
  }

  #follows({ epoch, sequence }: BusRecord): boolean {
    return this.#at?.epoch === epoch && sequence === this.#at.sequence + 1;
  }

  #tell(record: BusRecord): void {
    this.#at = { epoch: record.epoch, sequence: record.sequence };
    this.#options.event(record);
  }
}
