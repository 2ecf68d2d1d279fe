import type { Bus } from '../../bus/bus.ts';
import { streamName } from '../../bus/stream.ts';
import { type EventTopic, streamOf } from '../../bus/topics.ts';
import type { Clock } from '../../lib/clock.ts';
import { ApiError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Address } from '../../model/identity.ts';
import type { Database } from '../database.ts';
import { Decoder, type Placed } from '../decode.ts';
import type { EventChoice } from '../recent.ts';

/** Where an event stands among all of a topic that are archived: by its time, then by its stream. */
export interface HistoryPlace {
  /** Milliseconds. */
  readonly at: number;
  readonly epoch: string;
  readonly sequence: number;
  /** Of several streams; their names are no part of what a client is shown. */
  readonly stream: string;
}

export interface HistoryEvent<V> extends Placed<V> {
  readonly place: HistoryPlace;
  /** Whose stream it is of; null where the topic is one. */
  readonly owner: Address | null;
}

export interface HistoryPage<V> {
  /** The newest first, or the oldest first, as was asked. */
  readonly events: readonly HistoryEvent<V>[];
  /** Whether there may be more beyond the last one. */
  readonly more: boolean;
  /** Where the reading ended: beyond the last event, where what follows did not qualify. Null where nothing was read. */
  readonly end: HistoryPlace | null;
}

export interface HistoryRequest<V> {
  readonly topic: EventTopic<V>;
  /** Whose streams, of a topic that is one an owner; else null. */
  readonly owners: readonly Address[] | null;
  readonly choice: Pick<EventChoice<V>, 'routes' | 'test'>;
  /** Begins beyond this place; null for the end that it comes from. */
  readonly from: HistoryPlace | null;
  readonly direction: 'older' | 'newer';
  readonly limit: number;
}

/** Events read in one step. */
const PAGE_EVENTS = 500;

/** Steps after which a page ends as it is: a choice that hardly anything meets must not read years for one caller. */
const MAX_STEPS = 20;

/** How often, and how many times, it is looked whether the archive has what was published before a page was asked for. */
const LOOK_MS = 25;
const LOOKS = 80;

/** Pages of what durable topics have told. Every read may be refused with `UNAVAILABLE`. */
export class History {
  readonly #database: Database;
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #decoder: Decoder;

  constructor(database: Database, bus: Bus, clock: Clock, log: Log) {
    this.#database = database;
    this.#bus = bus;
    this.#clock = clock;
    this.#decoder = new Decoder(log);
  }

  /** Holds everything that was published before it was asked for: what is written behind is waited for. */
  async page<V>(request: HistoryRequest<V>): Promise<HistoryPage<V>> {
    const { topic, owners, choice, direction, limit } = request;
    const streams = (owners ?? [null]).map((owner) => ({ owner, name: streamName(streamOf(topic, owner)) }));
    if (direction === 'older' && request.from === null)
      await Promise.all(streams.map(({ owner, name }) => this.#caughtUp(topic, owner, name)));
    const names = streams.map(({ name }) => name);
    const ownerOf = new Map(streams.map(({ owner, name }) => [name, owner]));
    const events: HistoryEvent<V>[] = [];
    let { from } = request;
    for (let step = 0; step < MAX_STEPS; step++) {
      const rows = await this.#rows(names, from, direction, Math.max(PAGE_EVENTS, limit + 1));
      for (const row of rows) {
        const place = placeOf(row);
        if (events.length >= limit) return { events, more: true, end: from };
        from = place;
        if (!qualifies(topic, choice, row.key)) continue;
        const { key, epoch, payload } = row;
        const record = { key, epoch, sequence: place.sequence, form: 'value', payload } as const;
        const event = this.#decoder.decode<V>(topic.name, record);
        if (event && (choice.test?.(event.value) ?? true))
          events.push({ ...event, place, owner: ownerOf.get(row.stream) ?? null });
      }
      if (rows.length < PAGE_EVENTS) return { events, more: false, end: from };
    }
    return { events, more: true, end: from };
  }

  /** The event that its producer calls so; null when it is not kept. */
  async find<V>(topic: EventTopic<V>, owner: Address | null, eventId: string): Promise<Placed<V> | null> {
    const row = await this.#database.run((client) =>
      client.archivedEvent.findFirst({
        where: { stream: streamName(streamOf(topic, owner)), eventId },
        orderBy: [{ epoch: 'desc' }, { sequence: 'desc' }],
      }),
    );
    if (!row) return null;
    const { key, epoch, payload } = row;
    return this.#decoder.decode<V>(topic.name, {
      key,
      epoch,
      sequence: Number(row.sequence),
      form: 'value',
      payload,
    });
  }

  async #rows(
    streams: readonly string[],
    from: HistoryPlace | null,
    direction: 'older' | 'newer',
    limit: number,
  ): Promise<readonly Row[]> {
    const names = [...streams];
    const { at, epoch, sequence, stream } = from ?? (direction === 'older' ? END : BEGINNING);
    const time = new Date(at);
    const number = BigInt(sequence);
    return this.#database.run((client) =>
      direction === 'older'
        ? client.$queryRaw<Row[]>`
            SELECT page.* FROM unnest(${names}::text[]) AS name, LATERAL (
              SELECT stream, epoch, sequence, key, payload, at FROM "ArchivedEvent"
              WHERE stream = name AND (at, epoch, sequence, stream) < (${time}, ${epoch}, ${number}, ${stream})
              ORDER BY at DESC, epoch DESC, sequence DESC LIMIT ${limit}
            ) AS page ORDER BY at DESC, epoch DESC, sequence DESC, stream DESC LIMIT ${limit}`
        : client.$queryRaw<Row[]>`
            SELECT page.* FROM unnest(${names}::text[]) AS name, LATERAL (
              SELECT stream, epoch, sequence, key, payload, at FROM "ArchivedEvent"
              WHERE stream = name AND (at, epoch, sequence, stream) > (${time}, ${epoch}, ${number}, ${stream})
              ORDER BY at, epoch, sequence LIMIT ${limit}
            ) AS page ORDER BY at, epoch, sequence, stream LIMIT ${limit}`,
    );
  }

  /** @throws ApiError `UNAVAILABLE` when the archive stays behind: a page without the newest would be a hole. */
  async #caughtUp<V>(topic: EventTopic<V>, owner: Address | null, stream: string): Promise<void> {
    const page = await this.#bus.readBefore(streamOf(topic, owner), Number.MAX_SAFE_INTEGER, 1);
    const [newest] = page.records;
    if (!newest) return;
    const { epoch, sequence } = newest;
    const where = { stream_epoch_sequence: { stream, epoch, sequence: BigInt(sequence) } };
    for (let look = 0; look < LOOKS; look++) {
      const row = await this.#database.run((client) =>
        client.archivedEvent.findUnique({ where, select: { sequence: true } }),
      );
      if (row) return;
      await new Promise<void>((resolve) => void this.#clock.after(LOOK_MS, resolve));
    }
    throw new ApiError('UNAVAILABLE', 'The history is behind what is live: try again shortly.', {
      retryAfterMs: LOOK_MS * LOOKS,
    });
  }
}

interface Row {
  readonly stream: string;
  readonly epoch: string;
  readonly sequence: bigint;
  readonly key: string;
  readonly payload: string;
  readonly at: Date;
}

/** Before and after all that is archived. */
const BEGINNING: HistoryPlace = { at: 0, epoch: '', sequence: 0, stream: '' };
const END: HistoryPlace = { at: 8_640_000_000_000, epoch: 'g', sequence: 0, stream: '' };

function placeOf({ at, epoch, sequence, stream }: Row): HistoryPlace {
  return { at: at.getTime(), epoch, sequence: Number(sequence), stream };
}

function qualifies<V>(topic: EventTopic<V>, { routes }: Pick<EventChoice<V>, 'routes'>, key: string): boolean {
  return routes === null || routes.includes(topic.routeOf ? topic.routeOf(key) : key);
}
