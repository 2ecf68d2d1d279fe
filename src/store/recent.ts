import { setImmediate } from 'node:timers/promises';
import type { Bus, Position } from '../bus/bus.ts';
import { type EventTopic, streamOf } from '../bus/topics.ts';
import type { Log } from '../lib/log.ts';
import type { Address } from '../model/identity.ts';
import type { Observed } from '../model/observed.ts';
import { Decoder, type Placed } from './decode.ts';

/** Which events of a topic are wanted. */
export interface EventChoice<V> {
  /** Only keys that lead to one of these, where the topic says what a key leads to; null for any. Others are not parsed. */
  readonly routes: readonly string[] | null;
  /** Whether an event qualifies; null for always. */
  readonly test: ((value: V) => boolean) | null;
  /** Whose stream, of a topic that is one an owner. */
  readonly owner?: Address;
}

/** Events in one reading: a page of trades is about 100 KB, and a few milliseconds to parse. */
const PAGE_EVENTS = 500;

/** Reads the newest events of an event topic. Every read may be refused with `UNAVAILABLE`. */
export class Recent {
  readonly #bus: Bus;
  readonly #decoder: Decoder;

  constructor(bus: Bus, log: Log) {
    this.#bus = bus;
    this.#decoder = new Decoder(log);
  }

  /** Stored events that could not be read since the start. */
  get unreadable(): number {
    return this.#decoder.unreadable;
  }

  /**
   * The newest events still kept that qualify, at most `limit`, oldest first. Reads backwards, page by page, until it has
   * them: a choice that hardly anything meets reads the whole stream.
   * @param before only events before this sequence.
   */
  async newest<V>(
    topic: EventTopic<V>,
    choice: EventChoice<V>,
    limit: number,
    before = Number.MAX_SAFE_INTEGER,
  ): Promise<readonly Placed<V>[]> {
    const stream = streamOf(topic, choice.owner ?? null);
    const routes = choice.routes && new Set(choice.routes);
    const newestFirst: Placed<V>[] = [];
    let page = await this.#bus.readBefore(stream, before, PAGE_EVENTS);
    const { epoch } = page;
    // When a new epoch begins on the way, what was found is all of the old one that can still be had.
    while (page.epoch === epoch) {
      for (const record of page.records.toReversed()) {
        if (newestFirst.length >= limit) break;
        if (routes && !routes.has(topic.routeOf ? topic.routeOf(record.key) : record.key)) continue;
        const event = this.#decoder.decode<V>(topic.name, record);
        if (event && (choice.test === null || choice.test(event.value))) newestFirst.push(event);
      }
      const oldest = page.records[0]?.sequence;
      if (newestFirst.length >= limit || oldest === undefined || oldest <= page.oldest) break;
      // Others get their turn between two pages, also where the bus answers without waiting.
      await setImmediate();
      page = await this.#bus.readBefore(stream, oldest, PAGE_EVENTS);
    }
    return newestFirst.reverse();
  }

  /** The same of several owners' streams together, by the time of each event. */
  async newestOf<V extends Observed>(
    topic: EventTopic<V>,
    owners: readonly Address[],
    choice: EventChoice<V>,
    limit: number,
  ): Promise<readonly Placed<V>[]> {
    const found = await Promise.all(owners.map((owner) => this.newest(topic, { ...choice, owner }, limit)));
    return newestTogether(found, limit, ({ value }) => value.timestamp).map(({ item }) => item);
  }

  /** Where a stream stands now: nothing after it has been published yet. */
  async head<V>(topic: EventTopic<V>, owner: Address | null): Promise<Position> {
    const { epoch, head } = await this.#bus.readAfter(streamOf(topic, owner), Number.MAX_SAFE_INTEGER, 0);
    return { epoch, sequence: head };
  }
}

/**
 * The newest items of several lists, each oldest first: at most `limit`, oldest first. Between lists the time decides;
 * within a list the order stays, whatever the times say.
 */
export function newestTogether<T>(
  lists: readonly (readonly T[])[],
  limit: number,
  timeOf: (item: T) => number,
): readonly { readonly list: number; readonly item: T }[] {
  const left = lists.map((list) => [...list]);
  const newestFirst: { readonly list: number; readonly item: T }[] = [];
  while (newestFirst.length < limit) {
    let newest: { readonly list: number; readonly item: T } | null = null;
    for (const [list, items] of left.entries()) {
      const item = items.at(-1);
      if (item !== undefined && (newest === null || timeOf(item) > timeOf(newest.item))) newest = { list, item };
    }
    if (!newest) break;
    left[newest.list]?.pop();
    newestFirst.push(newest);
  }
  return newestFirst.reverse();
}
