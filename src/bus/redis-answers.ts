import type { BusRecord, EventPage, Position } from './bus.ts';
import { keyOfField } from './redis-keys.ts';

/** What a process knows of a topic from the answers it had: the next one tells whether the store fell behind it. */
export interface KnownLife {
  readonly epoch: string;
  /** Counts the writes of the epoch. */
  readonly version: number;
}

/** Answer of the publish scripts. @throws TypeError when it is none. */
export function publishAnswer(answer: unknown): KnownLife & { readonly sequences: readonly number[] } {
  const [epoch, version, sequences] = list(answer);
  return { epoch: text(epoch), version: whole(version), sequences: text(sequences).split(',').map(Number) };
}

/** Answer of the reading script; entries come oldest first or, `backwards`, newest first. @throws TypeError when it is none. */
export function readAnswer(answer: unknown, backwards: boolean): KnownLife & { readonly page: EventPage } {
  const [epochText, version, head, oldest, entries] = list(answer);
  const epoch = text(epochText);
  const records = list(entries).map((entry): BusRecord => {
    const [id, fields] = list(entry);
    const [, key, , , , , , payload] = list(fields);
    return { epoch, sequence: Number.parseInt(text(id), 10), key: text(key), form: 'value', payload: text(payload) };
  });
  if (backwards) records.reverse();
  return { epoch, version: whole(version), page: { records, epoch, head: whole(head), oldest: whole(oldest) } };
}

/** Of fields of a state topic's life: the positions of its keys. None of a topic that has no life yet. */
export function positionsIn(life: Readonly<Record<string, string>>): ReadonlyMap<string, Position> {
  const positions = new Map<string, Position>();
  const { epoch = '' } = life;
  for (const [field, count] of Object.entries(life)) {
    const key = keyOfField(field);
    if (key !== null && epoch !== '' && count !== '') positions.set(key, { epoch, sequence: Number(count) });
  }
  return positions;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('Redis answered something other than a list');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('Redis answered something other than text');
  return value;
}

function whole(value: unknown): number {
  if (typeof value !== 'number') throw new TypeError('Redis answered something other than a number');
  return value;
}
