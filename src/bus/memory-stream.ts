import type { BusRecord, EventPage, Position } from './bus.ts';
import type { Retention } from './retention.ts';

interface Kept {
  readonly record: BusRecord;
  readonly id: string;
  readonly at: number;
}

/** Entries let go before the array is cut: cutting it at each publish would copy it each time. */
const CUT_EVENTS = 1_024;

/** The events of one topic that are still kept, and the memory of their ids. */
export class MemoryStream {
  readonly #epoch: string;
  readonly #retention: Retention;
  #kept: Kept[] = [];
  /** Where the oldest kept entry stands. */
  #start = 0;
  #head = 0;
  readonly #sequences = new Map<string, number>();

  constructor(epoch: string, retention: Retention) {
    this.#epoch = epoch;
    this.#retention = retention;
  }

  /** The position of an event that is kept under this id, or null. */
  positionOf(id: string, now: number): Position | null {
    this.#trim(now);
    const sequence = this.#sequences.get(id);
    return sequence === undefined ? null : { epoch: this.#epoch, sequence };
  }

  append(key: string, id: string, payload: string, now: number): BusRecord {
    this.#head++;
    const record: BusRecord = { epoch: this.#epoch, sequence: this.#head, key, form: 'value', payload };
    this.#kept.push({ record, id, at: now });
    this.#sequences.set(id, this.#head);
    this.#trim(now);
    return record;
  }

  after(sequence: number, limit: number, now: number): EventPage {
    this.#trim(now);
    return this.#page(Math.max(sequence, this.#oldest() - 1), limit);
  }

  before(sequence: number, limit: number, now: number): EventPage {
    this.#trim(now);
    const end = Math.min(sequence, this.#head + 1);
    const from = Math.max(end - 1 - limit, this.#oldest() - 1);
    return this.#page(from, Math.max(0, end - 1 - from));
  }

  #oldest(): number {
    return this.#head - (this.#kept.length - this.#start) + 1;
  }

  #page(after: number, limit: number): EventPage {
    const from = this.#start + after - this.#oldest() + 1;
    const records = this.#kept.slice(from, from + Math.max(0, limit)).map(({ record }) => record);
    return { records, epoch: this.#epoch, head: this.#head, oldest: this.#oldest() };
  }

  #trim(now: number): void {
    for (;;) {
      const oldest = this.#kept[this.#start];
      if (!oldest) break;
      const tooMany = this.#kept.length - this.#start > this.#retention.events;
      if (!tooMany && oldest.at >= now - this.#retention.ms) break;
      this.#sequences.delete(oldest.id);
      this.#start++;
    }
    if (this.#start < CUT_EVENTS || this.#start * 2 < this.#kept.length) return;
    this.#kept = this.#kept.slice(this.#start);
    this.#start = 0;
  }
}
