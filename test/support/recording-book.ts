import type { RecordedFrame, Recording } from './recording.ts';

interface Body {
  readonly lastUpdateId: number;
  readonly bids: readonly (readonly [string, string])[];
  readonly asks: readonly (readonly [string, string])[];
}

/**
 * The venue's own book at any place of a recording: the recorded snapshot, and every diff after it that was played, also
 * one that was dropped on its way to the client. Slow and simple on purpose: it is what others are held against.
 */
export class RecordingBook {
  readonly #recording: Recording;
  readonly #bids = new Map<string, string>();
  readonly #asks = new Map<string, string>();
  #lastUpdateId: number;
  #applied = 0;

  constructor(recording: Recording) {
    this.#recording = recording;
    const body: Body = recording.snapshot
      ? (JSON.parse(recording.snapshot) as Body)
      : { lastUpdateId: 0, bids: [], asks: [] };
    this.#lastUpdateId = body.lastUpdateId;
    for (const [price, size] of body.bids) this.#bids.set(price, size);
    for (const [price, size] of body.asks) this.#asks.set(price, size);
  }

  apply(frame: RecordedFrame): void {
    const { u, b, a } = (JSON.parse(frame.text) as { data: { u: number; b: Body['bids']; a: Body['asks'] } }).data;
    if (u <= this.#lastUpdateId) return;
    change(this.#bids, b);
    change(this.#asks, a);
    this.#lastUpdateId = u;
    this.#applied++;
  }

  /** Body of the REST answer at this place; the recorded one, untouched, until something has changed it. */
  body(limit: number): string {
    if (this.#applied === 0 && this.#recording.snapshot) return this.#recording.snapshot;
    const side = (levels: Map<string, string>, best: 1 | -1) =>
      [...levels].sort(([a], [b]) => best * (Number(a) - Number(b))).slice(0, limit);
    return JSON.stringify({
      lastUpdateId: this.#lastUpdateId,
      bids: side(this.#bids, -1),
      asks: side(this.#asks, 1),
    });
  }
}

function change(levels: Map<string, string>, changes: Body['bids']): void {
  for (const [price, size] of changes) {
    if (Number(size) === 0) levels.delete(price);
    else levels.set(price, size);
  }
}
