import type { BusRecord, Position } from '../../bus/bus.ts';
import { streamName } from '../../bus/stream.ts';
import type { TopicRef } from '../../bus/topics.ts';
import type { Database } from '../database.ts';

/** Events of durable topics in PostgreSQL: what their streams no longer keep. Every read may be refused with `UNAVAILABLE`. */
export class Archive {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Events after a position, oldest first, across the epochs of the stream, without a hole: at one, it ends.
   * @returns null when the position itself is not in the archive, or the next event is missing: nobody could say then that
   * what follows is all that followed.
   */
  async after(stream: TopicRef, { epoch, sequence }: Position, limit: number): Promise<readonly BusRecord[] | null> {
    const name = streamName(stream);
    const rows = await this.#database.run(
      (client) =>
        client.$queryRaw<Row[]>`
          SELECT epoch, sequence, key, payload FROM "ArchivedEvent"
          WHERE stream = ${name} AND (epoch, sequence) >= (${epoch}, ${BigInt(sequence)})
          ORDER BY epoch, sequence LIMIT ${limit + 1}`,
    );
    const records = rows.map(recordOf);
    const [first] = records;
    const isThere = sequence === 0 || (first?.epoch === epoch && first.sequence === sequence);
    if (!isThere) return null;
    const following = sequence === 0 ? records.slice(0, limit) : records.slice(1);
    const dense = withoutHole({ epoch, sequence }, following);
    return dense.length === 0 && following.length > 0 ? null : dense;
  }

  /**
   * The newest events before a position, newest first; a null position is the end.
   * @param keys only events of these keys; null for all.
   */
  async before(
    stream: TopicRef,
    position: Position | null,
    limit: number,
    keys: readonly string[] | null = null,
  ): Promise<readonly BusRecord[]> {
    const name = streamName(stream);
    const { epoch, sequence } = position ?? END;
    const rows = await this.#database.run((client) =>
      keys
        ? client.$queryRaw<Row[]>`
            SELECT epoch, sequence, key, payload FROM "ArchivedEvent"
            WHERE stream = ${name} AND (epoch, sequence) < (${epoch}, ${BigInt(sequence)}) AND key = ANY(${[...keys]})
            ORDER BY epoch DESC, sequence DESC LIMIT ${limit}`
        : client.$queryRaw<Row[]>`
            SELECT epoch, sequence, key, payload FROM "ArchivedEvent"
            WHERE stream = ${name} AND (epoch, sequence) < (${epoch}, ${BigInt(sequence)})
            ORDER BY epoch DESC, sequence DESC LIMIT ${limit}`,
    );
    return rows.map(recordOf);
  }

  /** The event that its producer calls so; null when it is not there. */
  async find(stream: TopicRef, eventId: string): Promise<BusRecord | null> {
    const row = await this.#database.run((client) =>
      client.archivedEvent.findFirst({
        where: { stream: streamName(stream), eventId },
        orderBy: [{ epoch: 'desc' }, { sequence: 'desc' }],
      }),
    );
    return row && recordOf(row);
  }
}

interface Row {
  readonly epoch: string;
  readonly sequence: bigint;
  readonly key: string;
  readonly payload: string;
}

/** After every epoch: their names begin with hexadecimal digits. */
const END: Position = { epoch: 'g', sequence: 0 };

function recordOf({ epoch, sequence, key, payload }: Row): BusRecord {
  return { epoch, sequence: Number(sequence), key, form: 'value', payload };
}

function withoutHole(from: Position, records: readonly BusRecord[]): readonly BusRecord[] {
  let { epoch, sequence } = from;
  for (const [at, record] of records.entries()) {
    const isNext = record.epoch === epoch ? record.sequence === sequence + 1 : record.sequence === 1;
    if (!isNext) return records.slice(0, at);
    ({ epoch, sequence } = record);
  }
  return records;
}
