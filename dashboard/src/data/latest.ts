import { Signal } from './frames.ts';
import { Collection, type StreamStatus } from './stream.ts';

/** A value of which only the newest state matters. */
export interface StateValue {
  readonly id: string;
  readonly matches: boolean;
}

/** The newest value of each id, in an order of their own. Each has its own signal: one that changes renders one row. */
export class Latest<Value extends StateValue> extends Collection<Value> {
  readonly #values = new Map<string, Value>();
  readonly #signals = new Map<string, Signal>();
  readonly #order: (a: Value, b: Value) => number;
  #ids: readonly string[] = [];
  /** Ids that came since it is taken up again; null while nothing was lost. */
  #renewed: Set<string> | null = null;

  constructor(order: (a: Value, b: Value) => number = () => 0) {
    super();
    this.#order = order;
  }

  override next(value: Value): void {
    const isNew = !this.#values.has(value.id);
    if (value.matches) this.#values.set(value.id, value);
    else this.#values.delete(value.id);
    this.#renewed?.add(value.id);
    if (isNew === value.matches) this.#arrange();
    this.#signals.get(value.id)?.mark();
  }

  /** What is not in the snapshot after a loss left while nobody listened: it is taken away when the snapshot is complete. */
  override status(status: StreamStatus): void {
    super.status(status);
    if (status.state === 'resuming') this.#renewed = new Set();
    if (status.state !== 'live' || this.#renewed === null) return;
    for (const id of this.#values.keys()) if (!this.#renewed.has(id)) this.#values.delete(id);
    this.#renewed = null;
    this.#arrange();
  }

  override restart(): void {
    this.#values.clear();
    this.#arrange();
  }

  override get isEmpty(): boolean {
    return this.#ids.length === 0;
  }

  readonly ids = (): readonly string[] => this.#ids;

  get(id: string): Value | undefined {
    return this.#values.get(id);
  }

  values(): readonly Value[] {
    return this.#ids.flatMap((id) => this.#values.get(id) ?? []);
  }

  signalOf(id: string): Signal {
    const known = this.#signals.get(id);
    if (known) return known;
    const signal = new Signal();
    this.#signals.set(id, signal);
    return signal;
  }

  #arrange(): void {
    this.#ids = [...this.#values.values()].sort(this.#order).map(({ id }) => id);
    this.changes.mark();
  }
}
