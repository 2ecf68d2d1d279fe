interface Kept<V> {
  readonly value: V;
  readonly bytes: number;
}

/** Values by key, in bounded room. Full, it drops the one that was used longest ago. */
export class RecentlyUsed<V> {
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  /** The one used longest ago comes first. */
  readonly #kept = new Map<string, Kept<V>>();
  #bytes = 0;

  constructor(maxEntries: number, maxBytes: number) {
    this.#maxEntries = maxEntries;
    this.#maxBytes = maxBytes;
  }

  get(key: string): V | undefined {
    const found = this.#kept.get(key);
    if (!found) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, found);
    return found.value;
  }

  /** @param bytes what the value takes; its key is counted here. */
  set(key: string, value: V, bytes: number): void {
    const all = key.length + bytes;
    this.#drop(key);
    this.#kept.set(key, { value, bytes: all });
    this.#bytes += all;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#maxEntries && this.#bytes <= this.#maxBytes) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}
