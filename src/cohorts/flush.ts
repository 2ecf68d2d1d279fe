/** Something with bytes to write at the end of the tick. */
export interface Flushable {
  flush(): void;
}

/**
 * Longest time one turn of flushing holds the event loop, milliseconds. An unbroken loop over 8,000 sockets holds it
 * for 75 to 90 ms, in which no message is read and no timer runs.
 */
const SLICE_MS = 4;

/** Sockets between two looks at the clock: one write costs some microseconds, a look far less than one. */
const LOOK_EVERY = 32;

/**
 * Writes sockets once for all frames that came up in a turn of the event loop, in slices. By setImmediate: it costs a
 * single event nothing, gathers what several events of one turn give to one socket, and takes in more under load.
 */
export class Flusher {
  #ring: Flushable[] = [];
  #scheduled = false;

  /** Each at most once until it is flushed: the caller keeps that. */
  add(dirty: Flushable): void {
    this.#ring.push(dirty);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#run());
  }

  #run(): void {
    this.#scheduled = false;
    const ring = this.#ring;
    this.#ring = [];
    const end = performance.now() + SLICE_MS;
    for (let i = 0; i < ring.length; i++) {
      ring[i]?.flush();
      if (i % LOOK_EVERY !== LOOK_EVERY - 1 || performance.now() < end) continue;
      // Who came up meanwhile goes behind: the ring is one, whatever event made a socket dirty.
      this.#ring = ring.slice(i + 1).concat(this.#ring);
      break;
    }
    if (this.#ring.length > 0) this.#schedule();
  }
}
