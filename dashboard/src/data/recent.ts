import { Collection } from './stream.ts';

/** An event, or a thing as it stands after one: then `version` grows, and the higher one is true. */
export interface EventValue {
  readonly id: string;
  readonly matches: boolean;
  readonly version?: number;
}

/** The newest events, the newest first; of a thing that several events are about, its newest version in its first place. */
export class Recent<Value extends EventValue> extends Collection<Value> {
  readonly #keep: number;
  #events: Value[] = [];
  /** Made anew only for whoever looks: at many events a frame, most are never shown as a list of their own. */
  #shown: readonly Value[] | null = [];

  constructor(keep: number) {
    super();
    this.#keep = keep;
  }

  override next(value: Value): void {
    const place = value.version === undefined ? -1 : this.#events.findIndex(({ id }) => id === value.id);
    const known = this.#events[place];
    if (known) this.#replace(place, known, value);
    else if (value.matches) this.#add(value);
    this.#shown = null;
    this.changes.mark();
  }

  override restart(): void {
    this.#events = [];
    this.#shown = null;
    this.changes.mark();
  }

  override get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  readonly events = (): readonly Value[] => {
    this.#shown ??= this.#events.toReversed();
    return this.#shown;
  };

  #add(value: Value): void {
    this.#events.push(value);
    if (this.#events.length > this.#keep) this.#events.shift();
  }

  #replace(place: number, known: Value, value: Value): void {
    if ((value.version ?? 0) < (known.version ?? 0)) return;
    if (value.matches) this.#events[place] = value;
    else this.#events.splice(place, 1);
  }
}
