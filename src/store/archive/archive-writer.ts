import type { Bus, BusRecord, Position } from '../../bus/bus.ts';
import { ownerIn, streamName } from '../../bus/stream.ts';
import { type EventTopic, streamOf, type TopicRef } from '../../bus/topics.ts';
import { background } from '../../lib/background.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Address } from '../../model/identity.ts';
import { ALL_OWNERS, isOfShare, type OwnerShare } from '../../model/owner-share.ts';
import type { Database } from '../database.ts';
import { prune } from '../prune.ts';
import { WriteStatement } from '../statement.ts';

/** How long an event waits for others to be written with it, milliseconds: what a crash may keep out of the archive. */
const GATHER_MS = 100;

/** Rows of one statement. */
const BATCH_ROWS = 500;

/** Rows that wait while the database is away; then the oldest are dropped. Some 50 MB, at 1 KB an event. */
const MAX_WAITING = 50_000;

/** Until a batch that failed is tried again, milliseconds. */
const RETRY_MS = 1_000;

/** Events read from a stream in one step of a repair. */
const PAGE_EVENTS = 500;

/** Events that are compared by their number first. */
const RANGE_EVENTS = 5_000;

interface Row {
  readonly stream: string;
  readonly epoch: string;
  readonly sequence: bigint;
  readonly key: string;
  readonly eventId: string;
  readonly at: Date;
  readonly payload: string;
}

/** Values: the columns, each a list. */
const ARCHIVE = new WriteStatement(
  'archive events',
  7,
  `written AS (
    INSERT INTO "ArchivedEvent" (stream, epoch, sequence, key, "eventId", at, payload)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::timestamptz[], $7::text[])
    WHERE EXISTS (SELECT FROM fence)
    ON CONFLICT DO NOTHING
  )
  SELECT true AS held FROM fence`,
);

/** An event as it stands in a durable topic: it says when it was true. */
interface Timed {
  readonly timestamp: number;
}

/**
 * Writes events of durable topics behind their publishing, in batches, so that no event waits for the database. Away, it
 * keeps a bounded number; what is dropped then leaves a hole, and a resume across it ends as expired.
 */
export class ArchiveWriter {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  #waiting: Row[] = [];
  #dropped = 0;
  #writing: Promise<void> | null = null;
  #timer: Cancel | null = null;
  #closed = false;
  #failing = false;

  constructor(database: Database, clock: Clock, log: Log) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
  }

  /** Events that were never written, since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether the last attempt to write failed. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Takes an event that was published, and returns at once. */
  append<V extends Timed>(topic: EventTopic<V>, value: V, position: Position): void {
    const stream = streamName(streamOf(topic, ownerIn(topic, value)));
    const payload = JSON.stringify(value);
    this.#add(rowOf(topic, stream, value, { ...position, key: topic.keyOf(value), payload }));
  }

  /** Whether an event is in the archive, under whatever position. @throws ApiError `UNAVAILABLE`. */
  async holds<V extends Timed>(topic: EventTopic<V>, value: V): Promise<boolean> {
    const stream = streamName(streamOf(topic, ownerIn(topic, value)));
    const where = { stream, eventId: topic.idOf(value) };
    return (
      (await this.#database.run((client) => client.archivedEvent.findFirst({ where, select: { at: true } }))) !== null
    );
  }

  /**
   * Writes what the streams of a topic still have and the archive lacks: a process may have ended between publishing and
   * writing. Of a topic that is one stream an owner it looks at those of a share that were archived since `since`, milliseconds.
   * @returns how many events were missing.
   */
  async repair<V extends Timed>(
    bus: Bus,
    topic: EventTopic<V>,
    since: number,
    share: OwnerShare = ALL_OWNERS,
  ): Promise<number> {
    let missing = 0;
    const owners = topic.ownerOf ? await this.#owners(topic.name, since) : [null];
    for (const owner of owners.filter((one) => one === null || isOfShare(share, one)))
      missing += await this.#repairStream(bus, topic, streamOf(topic, owner));
    return missing;
  }

  /** Deletes what is older than `before`. Returns how many events. */
  async prune(before: number): Promise<number> {
    return prune(this.#database, 'ArchivedEvent', before);
  }

  /** Writes what waits; resolves when it is written, or could not be. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.();
    this.#timer = null;
    await this.#writing;
    await this.#write();
    if (this.#waiting.length > 0) this.#log.error({ events: this.#waiting.length }, 'events were not archived');
  }

  async #owners(topic: string, since: number): Promise<readonly Address[]> {
    const prefix = `${topic}/`;
    const rows = await this.#database.run((client) =>
      client.archivedEvent.findMany({
        where: { stream: { startsWith: prefix }, at: { gte: new Date(since) } },
        distinct: ['stream'],
        select: { stream: true },
      }),
    );
    return rows.map(({ stream }) => stream.slice(prefix.length));
  }

  /** Range by range of what the stream keeps; of one that the archive has whole, no event is read. */
  async #repairStream<V extends Timed>(bus: Bus, topic: EventTopic<V>, stream: TopicRef): Promise<number> {
    const name = streamName(stream);
    const { epoch, head, oldest } = await bus.readAfter(stream, Number.MAX_SAFE_INTEGER, 0);
    let missing = 0;
    for (let from = oldest; from <= head; from += RANGE_EVENTS) {
      const to = Math.min(head, from + RANGE_EVENTS - 1);
      const where = { stream: name, epoch, sequence: { gte: BigInt(from), lte: BigInt(to) } };
      const count = await this.#database.run((client) => client.archivedEvent.count({ where }));
      if (count === to - from + 1) continue;
      const rows = await this.#database.run((client) =>
        client.archivedEvent.findMany({ where, select: { sequence: true } }),
      );
      const archived = new Set(rows.map(({ sequence }) => Number(sequence)));
      for (let after = from - 1; after < to; ) {
        const page = await bus.readAfter(stream, after, PAGE_EVENTS);
        // The stream was trimmed, or lives another life meanwhile: what is gone from it cannot be archived.
        if (page.epoch !== epoch || page.records.length === 0) return missing;
        for (const record of page.records) {
          after = record.sequence;
          if (after > to || archived.has(after)) continue;
          this.#add(rowOf(topic, name, JSON.parse(record.payload) as V, record));
          missing++;
        }
        if (this.#waiting.length >= MAX_WAITING / 2) await this.#write();
      }
    }
    return missing;
  }

  #add(row: Row): void {
    this.#waiting.push(row);
    if (this.#waiting.length > MAX_WAITING) {
      const cut = this.#waiting.length - MAX_WAITING;
      this.#waiting = this.#waiting.slice(cut);
      this.#dropped += cut;
    }
    if (!this.#closed) this.#timer ??= this.#clock.after(GATHER_MS, () => this.#begin());
  }

  #begin(): void {
    this.#timer = null;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
      if (this.#waiting.length === 0 || this.#closed) return;
      this.#timer ??= this.#clock.after(this.#failing ? RETRY_MS : 0, () => this.#begin());
    });
    background('archive events', this.#writing, this.#log);
  }

  async #write(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const data = this.#waiting.slice(0, BATCH_ROWS);
        // Written before is not written again: the same event may come by a repair as well.
        await this.#database.write(ARCHIVE, columnsOf(data));
        const written = new Set(data);
        this.#waiting = this.#waiting.filter((row) => !written.has(row));
        this.#failing = false;
      }
    } catch (error) {
      if (!this.#failing) this.#log.warn({ reason: messageOf(error) }, 'events cannot be archived; they are kept');
      this.#failing = true;
    }
  }
}

function columnsOf(rows: readonly Row[]): readonly (readonly unknown[])[] {
  return [
    rows.map(({ stream }) => stream),
    rows.map(({ epoch }) => epoch),
    rows.map(({ sequence }) => sequence),
    rows.map(({ key }) => key),
    rows.map(({ eventId }) => eventId),
    rows.map(({ at }) => at),
    rows.map(({ payload }) => payload),
  ];
}

function rowOf<V extends Timed>(
  topic: EventTopic<V>,
  stream: string,
  value: V,
  { epoch, sequence, key, payload }: Pick<BusRecord, 'epoch' | 'sequence' | 'key' | 'payload'>,
): Row {
  const at = new Date(value.timestamp);
  return { stream, epoch, sequence: BigInt(sequence), key, eventId: topic.idOf(value), at, payload };
}
