/** How often a drawing is made anew, milliseconds: nobody reads one faster, and each is dearer than all rows together. */
export const DRAWING_MS = 100;

/** Somebody who wants to know that something has changed. */
export type Listener = () => void;

const marked = new Set<Signal>();
let asked = false;

/**
 * What changes faster than a screen shows it. However often `mark` is called, listeners hear of it once, with all
 * others that changed, at the next frame: React then renders them together. In a hidden tab nothing is rendered at all.
 */
export class Signal {
  readonly #listeners = new Set<Listener>();

  readonly subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** As `subscribe`, but told no more often than once in so many milliseconds: for drawings, which nobody reads faster. */
  readonly subscribeEvery =
    (intervalMs: number) =>
    (listener: Listener): (() => void) => {
      let toldAt = 0;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const say = () => {
        timer = undefined;
        toldAt = performance.now();
        listener();
      };
      const leave = this.subscribe(() => {
        // The last of a burst is always shown, at the end of its interval.
        timer ??= setTimeout(() => requestAnimationFrame(say), Math.max(0, toldAt + intervalMs - performance.now()));
      });
      return () => {
        leave();
        clearTimeout(timer);
      };
    };

  mark(): void {
    if (this.#listeners.size === 0) return;
    marked.add(this);
    if (asked) return;
    asked = true;
    requestAnimationFrame(tell);
  }

  tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function tell(): void {
  asked = false;
  const signals = [...marked];
  marked.clear();
  for (const signal of signals) signal.tell();
}
