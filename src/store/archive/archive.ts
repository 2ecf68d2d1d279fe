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

  /** The newest events before a position, newest first. */
  async before(stream: TopicRef, { epoch, sequence }: Position, limit: number): Promise<readonly BusRecord[]> {
    const name = streamName(stream);
    const rows = await this.#database.run(
      (client) =>
        client.$queryRaw<Row[]>`
          SELECT epoch, sequence, key, payload FROM "ArchivedEvent"
          WHERE stream = ${name} AND (epoch, sequence) < (${epoch}, ${BigInt(sequence)})
          ORDER BY epoch DESC, sequence DESC LIMIT ${limit}`,
    );
    return rows.map(recordOf);
  }
}

interface Row {
  readonly epoch: string;
  readonly sequence: bigint;
  readonly key: string;
  readonly payload: string;
}

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
