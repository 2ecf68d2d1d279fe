/** Bytes that a token of a parsed document takes, its nodes and locations included: measured, 280, and some room. */
const BYTES_PER_TOKEN = 350;

/** Documents kept. A front end has some hundreds. */
const MAX_DOCUMENTS = 1_000;

/** Bytes kept: a thousand of the largest documents would be three quarters of a gigabyte. */
const MAX_BYTES = 67_108_864;

interface Kept<V> {
  readonly value: V;
  readonly bytes: number;
}

/** What has been found out about documents, by their text. Full, it drops the one that was used longest ago. */
export class DocumentCache<V> {
  /** The one used longest ago comes first. */
  readonly #kept = new Map<string, Kept<V>>();
  #bytes = 0;

  get(text: string): V | undefined {
    const found = this.#kept.get(text);
    if (!found) return undefined;
    this.#kept.delete(text);
    this.#kept.set(text, found);
    return found.value;
  }

  /** @param tokens of the document that is kept; 0 if it is none. */
  set(text: string, value: V, tokens: number): void {
    const bytes = text.length + tokens * BYTES_PER_TOKEN;
    this.#drop(text);
    this.#kept.set(text, { value, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_DOCUMENTS && this.#bytes <= MAX_BYTES) break;
      this.#drop(oldest);
    }
  }

  #drop(text: string): void {
    this.#bytes -= this.#kept.get(text)?.bytes ?? 0;
    this.#kept.delete(text);
  }
}
