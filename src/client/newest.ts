import { sequenced, versioned } from './generated/cache-facts.ts';

/** Entities remembered at most: those heard of last. */
const MAX_ENTITIES = 5_000;

/**
 * How long an answer may be late, milliseconds. Older than that, what was heard is forgotten: after a restart of the server's
 * bus sequences begin anew, and nothing may hold a newer answer back for long.
 */
const WINDOW_MS = 30_000;

interface Known {
  readonly mark: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly at: number;
}

/**
 * Remembers the newest that was heard of each entity, and puts it into answers that were overtaken: a query's answer that left
 * the server before an event and arrives after it would take a cache back in time. The higher `version` or `sequence` is true.
 */
export class Newest {
  readonly #known = new Map<string, Known>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Takes note of a frame of a subscription, which is never changed: frames come in their order. */
  heard(data: unknown): void {
    this.#walk(data, true);
  }

  /** An answer to a query or a mutation, with what is older than heard replaced. The same object where nothing is. */
  answer<Data>(data: Data): Data {
    return this.#walk(data, false) as Data;
  }

  #walk(value: unknown, isFrame: boolean): unknown {
    if (value === null || typeof value !== 'object') return value;
    let result = value as Record<string, unknown>;
    for (const [name, member] of Object.entries(value)) {
      const walked = this.#walk(member, isFrame);
      if (walked === member) continue;
      if (result === value) result = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
      result[name] = walked;
    }
    return Array.isArray(value) ? result : this.#entity(result, isFrame);
  }

  #entity(entity: Record<string, unknown>, isFrame: boolean): Record<string, unknown> {
    const { __typename: type, id } = entity;
    if (typeof type !== 'string' || typeof id !== 'string') return entity;
    const mark = versioned.includes(type) ? entity['version'] : sequenced.includes(type) ? entity['sequence'] : null;
    if (typeof mark !== 'number') return entity;
    const key = `${type}:${id}`;
    const now = this.#now();
    const known = this.#known.get(key);
    const isHeld = known !== undefined && now - known.at <= WINDOW_MS;
    // A value that begins anew comes as a snapshot, with whatever sequence.
    const beginsAnew = isFrame && entity['snapshot'] === true;
    if (isHeld && known.mark > mark && !beginsAnew) return isFrame ? entity : overtaken(entity, known.fields);
    this.#known.delete(key);
    this.#known.set(key, {
      mark,
      fields: isHeld && known.mark === mark ? { ...known.fields, ...entity } : entity,
      at: now,
    });
    if (this.#known.size > MAX_ENTITIES) this.#known.delete(this.#known.keys().next().value ?? '');
    return entity;
  }
}

/** What an entity was asked for, as it is by now. Pages of connections stay: they differ by their arguments. */
function overtaken(entity: Record<string, unknown>, newer: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result = { ...entity };
  for (const [name, value] of Object.entries(entity)) {
    const isPage = value !== null && typeof value === 'object' && 'pageInfo' in value;
    if (name in newer && !isPage) result[name] = newer[name];
  }
  return result;
}

/** Options of urql's `mapExchange`: put it before the cache's exchange answers, that is right after it in the list. */
export function newestResults(newest = new Newest()) {
  return {
    onResult<Result extends { readonly operation: { readonly kind: string }; readonly data?: unknown }>(
      result: Result,
    ): Result {
      if (result.operation.kind !== 'subscription') return { ...result, data: newest.answer(result.data) };
      newest.heard(result.data);
      return result;
    },
  };
}
