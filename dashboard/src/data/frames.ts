/** How often a drawing is made anew, milliseconds: nobody reads one faster, and each is dearer than all rows together. */
export const DRAWING_MS = 100;

/** A page that is given frames no more often than this, milliseconds, does all that is due in each: half of few would be seen. */
const RARE_MS = 50;

/** Somebody who wants to know that something has changed. */
export type Listener = () => void;

/** What changed since the last frame that told of rows. */
const marked = new Set<Signal>();
/** Drawings whose time has come, the one that has waited longest first. */
const due = new Set<Listener>();
let asked = false;
let lastFrameAt = 0;
/** A frame has one drawing or the rows, by turns: both together are what takes long enough to be felt. */
let drewLast = false;

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

  /** As `subscribe`, but told no more often than once in so many milliseconds, and never in one frame with another such. */
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
        timer ??= setTimeout(
          () => {
            due.add(say);
            ask();
          },
          Math.max(0, toldAt + intervalMs - performance.now()),
        );
      });
      return () => {
        leave();
        clearTimeout(timer);
        due.delete(say);
      };
    };

  mark(): void {
    if (this.#listeners.size === 0) return;
    marked.add(this);
    ask();
  }

  tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function ask(): void {
  if (asked) return;
  asked = true;
  requestAnimationFrame(show);
}

function show(at: number): void {
  asked = false;
  const isRare = at - lastFrameAt > RARE_MS;
  lastFrameAt = at;
  const [drawing] = due;
  const draws = drawing !== undefined && (!drewLast || marked.size === 0);
  if (isRare) for (const one of [...due]) draw(one);
  else if (draws) draw(drawing);
  if (isRare || !draws) tell();
  drewLast = draws;
  if (marked.size > 0 || due.size > 0) ask();
}

function draw(drawing: Listener): void {
  due.delete(drawing);
  drawing();
}

function tell(): void {
  const signals = [...marked];
  marked.clear();
  for (const signal of signals) signal.tell();
}
