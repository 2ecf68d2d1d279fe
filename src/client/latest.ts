import { Changing, type Observable } from './observable.ts';
import type { Status } from './subscription.ts';

interface StateFrame {
  readonly id: string;
  readonly matches?: boolean;
}

/**
 * The values of a state field, by id: each frame replaces what is held, one that no longer matches takes it away. After a
 * reconnect what the new snapshot does not hold is taken away once it is complete: it left while nobody listened.
 */
export class Latest<Value extends StateFrame> {
  readonly #held = new Map<string, Value>();
  readonly #values = new Changing<readonly Value[]>([]);
  /** Ids that have come since a new snapshot began; null while there is none under way. */
  #renewed: Set<string> | null = null;

  /** In the order in which they first came. */
  get values(): Observable<readonly Value[]> {
    return this.#values;
  }

  readonly next = (value: Value): void => {
    if (value.matches === false) this.#held.delete(value.id);
    else this.#held.set(value.id, value);
    this.#renewed?.add(value.id);
    this.#tell();
  };

  /** To be told how the subscription stands: give it to `status` of an observer. */
  readonly status = (status: Status): void => {
    if (status === 'resuming') this.#renewed = new Set();
    if (status !== 'live' || this.#renewed === null) return;
    for (const id of this.#held.keys()) if (!this.#renewed.has(id)) this.#held.delete(id);
    this.#renewed = null;
    this.#tell();
  };

  #tell(): void {
    this.#values.set([...this.#held.values()]);
  }
}
