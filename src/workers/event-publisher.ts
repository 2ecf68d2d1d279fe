import type { Bus, Position } from '../bus/bus.ts';
import type { EventTopic } from '../bus/topics.ts';
import type { ArchiveWriter } from '../store/archive/archive-writer.ts';
import type { FailureLog } from './failure-log.ts';

/** Durable events on their way: to the bus at once, and behind it to the archive. */
export class EventPublisher {
  readonly #bus: Bus;
  readonly #archive: ArchiveWriter | null;
  readonly #failures: FailureLog;
  /** Resolves when every event so far has been looked for in the archive. Never rejects. */
  #checked: Promise<void> = Promise.resolve();

  /** @param archive null where nothing lasts. */
  constructor(bus: Bus, archive: ArchiveWriter | null, failures: FailureLog) {
    this.#bus = bus;
    this.#archive = archive;
    this.#failures = failures;
  }

  /**
   * One that an earlier life of this process may have published: the bus knows it again for a while, the archive for longer.
   * Where the archive cannot be asked it is published: told twice it does less harm than never.
   */
  publishUnlessKept<V extends { readonly timestamp: number }>(topic: EventTopic<V>, value: V): void {
    const archive = this.#archive;
    if (!archive) return this.publish(topic, value);
    // One after the other: the database answers in any order.
    this.#checked = this.#checked
      .then(() => archive.holds(topic, value))
      .then(
        (kept) => (kept ? undefined : this.publish(topic, value)),
        () => this.publish(topic, value),
      );
  }

  /** Events of one stream keep the order in which they are handed in. One that the bus refuses is counted, and lost. */
  publish<V extends { readonly timestamp: number }>(topic: EventTopic<V>, value: V): void {
    this.told(topic, value).catch(() => undefined);
  }

  /** The same to whoever keeps what the bus refuses. Never rejects. @returns whether the bus has taken it. */
  told<V extends { readonly timestamp: number }>(topic: EventTopic<V>, value: V): Promise<boolean> {
    return this.#bus.publishEvent(topic, value).then(
      (position: Position) => {
        this.#archive?.append(topic, value, position);
        return true;
      },
      (error: unknown) => {
        this.#failures.note(error, { topic: topic.name, key: topic.keyOf(value) });
        return false;
      },
    );
  }
}
