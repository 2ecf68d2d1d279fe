import { compareDecimals } from '../../lib/decimal.ts';
import { messageOf } from '../../lib/errors.ts';
import { type Book, bookChecksum, CHECKSUM_DEPTH } from '../../model/book.ts';
import type { BookDiffHeard, BookSnapshotHeard } from '../../model/market-event.ts';
import type { Observed } from '../../model/observed.ts';
import type { BookOutput, EngineOutput } from '../engine.ts';
import { levelChanges } from './level-changes.ts';
import { searchKeys } from './search-key.ts';
import { placeDiff } from './sequence.ts';
import { BookSide } from './side.ts';

type Levels = Pick<Book, 'bids' | 'asks'>;
type Facts = Omit<Book, keyof Levels>;

/** What became of a diff; `lost` says why the book cannot go on. */
type Outcome = 'applied' | 'old' | { readonly lost: string };

export interface OrderBookOptions {
  readonly symbol: string;
  readonly source: string;
  /** Levels a side that are put out. */
  readonly depth: number;
  /** Diffs kept while a snapshot is awaited. The oldest is dropped for a newer one: a snapshot is younger than it. */
  readonly bufferLimit: number;
}

const NOTHING: readonly EngineOutput[] = [];

/** The book of one symbol at one source: live, or awaiting a snapshot while it keeps the diffs that come before it. */
export class OrderBook {
  readonly #options: OrderBookOptions;
  #bids: BookSide;
  #asks: BookSide;
  /** Last update that the book holds; null where the venue numbers none. */
  #lastUpdateId: number | null = null;
  /** Whether a diff has been applied on top of the snapshot. */
  #chained = false;
  #awaiting: BookDiffHeard[] = [];
  /** Facts of the book put out last; null before the first. */
  #facts: Facts | null = null;

  constructor(options: OrderBookOptions) {
    this.#options = options;
    this.#bids = new BookSide(1, options.depth);
    this.#asks = new BookSide(-1, options.depth);
  }

  /** The best levels a side, best first; without a depth all that are held, also those too deep to be put out. */
  levels(depth?: number): Levels {
    return { bids: this.#bids.top(depth), asks: this.#asks.top(depth) };
  }

  snapshot(event: BookSnapshotHeard): readonly EngineOutput[] {
    const { lastUpdateId } = event;
    const live = this.#live();
    // An answer to a request can be older than what the stream has brought meanwhile.
    if (live && lastUpdateId !== null && this.#lastUpdateId !== null && lastUpdateId <= this.#lastUpdateId)
      return NOTHING;
    const bids = new BookSide(1, this.#options.depth);
    const asks = new BookSide(-1, this.#options.depth);
    try {
      bids.apply(event.bids, event.searchKeys?.bids ?? searchKeys(event.bids));
      asks.apply(event.asks, event.searchKeys?.asks ?? searchKeys(event.asks));
    } catch (error) {
      return this.#lose(`unreadable snapshot: ${messageOf(error)}`);
    }
    if (isCrossed(bids, asks)) return this.#lose(`crossed snapshot: ${bestPrices(bids, asks)}`);
    const before = live ? this.levels(this.#options.depth) : null;
    this.#bids = bids;
    this.#asks = asks;
    this.#lastUpdateId = lastUpdateId;
    this.#chained = false;
    let latest: Observed = event;
    const awaiting = this.#awaiting;
    this.#awaiting = [];
    for (let index = 0; lastUpdateId !== null && index < awaiting.length; index++) {
      const diff = awaiting[index] as BookDiffHeard;
      const outcome = this.#advance(diff);
      if (outcome === 'applied') latest = diff;
      else if (outcome !== 'old') {
        this.#awaiting = awaiting.slice(index);
        return this.#lose(outcome.lost);
      }
    }
    this.#facts = this.#factsAt(latest);
    if (before === null) return [this.#output(null)];
    const { bids: oldBids, asks: oldAsks } = before;
    const after = this.levels(this.#options.depth);
    return [this.#output({ bids: levelChanges(oldBids, after.bids), asks: levelChanges(oldAsks, after.asks) })];
  }

  diff(event: BookDiffHeard): readonly EngineOutput[] {
    if (!this.#live()) {
      if (this.#awaiting.length >= this.#options.bufferLimit) this.#awaiting.shift();
      this.#awaiting.push(event);
      return NOTHING;
    }
    const outcome = this.#advance(event);
    if (outcome === 'old') return NOTHING;
    if (outcome === 'applied') {
      this.#facts = this.#factsAt(event);
      return [this.#output({ bids: this.#bids.changes(), asks: this.#asks.changes() })];
    }
    this.#awaiting = [event];
    return this.#lose(outcome.lost);
  }

  /** The feed brings a snapshot by itself; diffs of the connection that is gone do not go with those of the next. */
  disconnected(): readonly EngineOutput[] {
    this.#awaiting = [];
    return this.#staled();
  }

  #live(): boolean {
    return this.#facts !== null && !this.#facts.stale;
  }

  #lose(reason: string): readonly EngineOutput[] {
    const { symbol, source } = this.#options;
    return [...this.#staled(), { kind: 'resync', symbol, source, reason }];
  }

  /** The book as it was put out last, marked as old; nothing when it has been marked already, or never put out. */
  #staled(): readonly EngineOutput[] {
    if (this.#facts === null || this.#facts.stale) return NOTHING;
    this.#facts = { ...this.#facts, stale: true };
    return [this.#output({ bids: [], asks: [] })];
  }

  #advance(diff: BookDiffHeard): Outcome {
    const lastUpdateId = this.#lastUpdateId;
    // A venue whose snapshots stand alone sends none; one could not be placed.
    if (lastUpdateId === null) return 'old';
    const place = placeDiff(diff, { lastUpdateId, chained: this.#chained });
    if (place === 'old') return 'old';
    if (place === 'gap') return { lost: `gap: holds ${lastUpdateId}, next came ${diff.firstUpdateId}` };
    const trouble = this.#apply(diff);
    if (trouble !== null) {
      this.#bids.undo();
      this.#asks.undo();
      return { lost: trouble };
    }
    this.#lastUpdateId = diff.lastUpdateId;
    this.#chained = true;
    return 'applied';
  }

  /** Says what is wrong with the book that a diff makes; null when nothing is. */
  #apply(diff: BookDiffHeard): string | null {
    this.#bids.begin();
    this.#asks.begin();
    try {
      this.#bids.apply(diff.bids, diff.searchKeys?.bids ?? searchKeys(diff.bids));
      this.#asks.apply(diff.asks, diff.searchKeys?.asks ?? searchKeys(diff.asks));
    } catch (error) {
      return `unreadable diff ${diff.lastUpdateId}: ${messageOf(error)}`;
    }
    return isCrossed(this.#bids, this.#asks)
      ? `crossed by ${diff.lastUpdateId}: ${bestPrices(this.#bids, this.#asks)}`
      : null;
  }

  #factsAt({ timestamp, receivedAt }: Observed): Facts {
    const { symbol, source, depth } = this.#options;
    const { bids, asks } = this.levels(Math.min(CHECKSUM_DEPTH, depth));
    return {
      symbol,
      source,
      timestamp,
      receivedAt,
      stale: false,
      venueUpdateId: this.#lastUpdateId === null ? null : String(this.#lastUpdateId),
      checksum: bookChecksum(bids, asks),
    };
  }

  #output(changes: Levels | null): BookOutput {
    const { symbol, source, depth } = this.#options;
    const facts = this.#facts as Facts;
    return {
      kind: 'book',
      symbol,
      source,
      change: changes === null ? null : { ...facts, ...changes },
      book: () => ({ ...facts, ...this.levels(depth) }),
    };
  }
}

/** A bid at or above an ask would have traded: such a book has lost an update. */
function isCrossed(bids: BookSide, asks: BookSide): boolean {
  const { best: bid } = bids;
  const { best: ask } = asks;
  return bid !== undefined && ask !== undefined && compareDecimals(bid[0], ask[0]) >= 0;
}

function bestPrices(bids: BookSide, asks: BookSide): string {
  return `bid ${bids.best?.[0]}, ask ${asks.best?.[0]}`;
}
