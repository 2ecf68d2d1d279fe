/** A value that changes, and can be asked for at any time: what `useSyncExternalStore` and every other library can take. */
export interface Observable<T> {
  readonly value: T;
  /**
   * @param listener called at each change, not at once.
   * @returns ends it.
   */
  subscribe(listener: (value: T) => void): () => void;
}

export class Changing<T> implements Observable<T> {
  #value: T;
  readonly #listeners = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) apart(() => listener(value));
  }

  subscribe(listener: (value: T) => void): () => void {
    // An entry of its own, so that one function may listen twice and leave once.
    const entry = (value: T) => listener(value);
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }
}

/** Calls what an application gave us: what it throws is its own, and must break neither a socket nor another listener. */
export function apart(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
