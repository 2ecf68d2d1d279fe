import { background } from '../../lib/background.ts';
import type { Log } from '../../lib/log.ts';
import type { TradeHeard } from '../../model/market-event.ts';

/** Trades held back while a hole before them is filled: some seconds of a very busy market. */
const MAX_HELD = 20_000;

/** What history had of a hole. */
export interface PastTrades {
  /** Within the hole, in any order. */
  readonly trades: readonly TradeHeard[];
  /** Why some may be missing, for the gap that is told; empty when the venue gave all that was asked. */
  readonly missing: string;
}

export interface TradeSequenceOptions {
  readonly symbol: string;
  readonly emit: (trade: TradeHeard) => void;
  /** Asks the venue's history for trades from one id to another, both inclusive. Never rejects; aborted when nobody waits. */
  readonly past: (fromId: number, toId: number, signal: AbortSignal) => Promise<PastTrades>;
  readonly log: Log;
}

/** A number in the venue's sequence; without a trade for numbers that were none. */
interface Entry {
  readonly id: number;
  readonly timestamp: number;
  readonly trade: TradeHeard | null;
}

/**
 * Puts the trades of one symbol in the order of their ids, each once. A hole after a trade already told is filled from
 * the venue's history while what comes after it waits; what history does not have is told in `gapBefore`.
 */
export class TradeSequence {
  readonly #options: TradeSequenceOptions;
  #lastId: number | null = null;
  #lastTime = 0;
  /** What waits behind the hole that is being filled; null when none is. */
  #held: Entry[] | null = null;
  #filling: AbortController | null = null;
  /** A hole that stays, not told yet. */
  #gap: { readonly from: number; readonly reason: string } | null = null;

  constructor(options: TradeSequenceOptions) {
    this.#options = options;
  }

  /** An earlier life has told everything up to this one. Call it before anything is heard. */
  goOnAfter(id: number, timestamp: number): void {
    this.#lastId = id;
    this.#lastTime = timestamp;
  }

  accept(trade: TradeHeard): void {
    this.#accept({ id: Number(trade.tradeId), timestamp: trade.timestamp, trade });
  }

  /** A number of the sequence that was no trade. */
  skip(id: number, timestamp: number): void {
    this.#accept({ id, timestamp, trade: null });
  }

  /** Whether this id is the very next one: then it does not matter which of two connections brought it. */
  continuesWith(id: number): boolean {
    return this.#lastId === null || id === (this.#held?.at(-1)?.id ?? this.#lastId) + 1;
  }

  /** Gives up what waits: nothing is told any more. */
  stop(): void {
    this.#filling?.abort();
    this.#filling = null;
    this.#held = [];
  }

  #accept(entry: Entry): void {
    if (!this.#held) return this.#take(entry);
    this.#held.push(entry);
    if (this.#held.length > MAX_HELD && this.#filling)
      this.#filled(this.#filling, { trades: [], missing: 'too many trades came while the hole was being filled' });
  }

  #take(entry: Entry): void {
    const last = this.#lastId;
    if (last !== null && entry.id <= last) return;
    if (last !== null && entry.id > last + 1) return this.#fill(last + 1, entry);
    this.#tell(entry);
  }

  #fill(fromId: number, behind: Entry): void {
    const { symbol, past, log } = this.#options;
    const filling = new AbortController();
    this.#filling = filling;
    this.#held = [behind];
    log.warn({ symbol, fromId, toId: behind.id - 1 }, 'trades missing: asking the history');
    const fill = past(fromId, behind.id - 1, filling.signal).then((answer) => this.#filled(filling, answer));
    background('fill a hole in the trades', fill, log);
  }

  #filled(filling: AbortController, { trades, missing }: PastTrades): void {
    // A late answer to a question that was given up.
    if (this.#filling !== filling) return;
    filling.abort();
    this.#filling = null;
    const held = this.#held ?? [];
    this.#held = null;
    const reason = missing || "not in the venue's history";
    const behind = held[0];
    const found = trades
      .map((trade) => ({ id: Number(trade.tradeId), timestamp: trade.timestamp, trade }))
      .filter(({ id }) => behind !== undefined && id < behind.id)
      .sort((a, b) => a.id - b.id);
    for (const entry of behind ? [...found, behind] : found) this.#tellBeyond(entry, reason);
    // The rest may hold another hole, behind which it waits again.
    for (const entry of held.slice(1)) this.#accept(entry);
  }

  /** What was asked for and not given before this one is missing for good. */
  #tellBeyond(entry: Entry, reason: string): void {
    const last = this.#lastId;
    if (last !== null && entry.id <= last) return;
    if (last !== null && entry.id > last + 1) {
      const { symbol, log } = this.#options;
      log.warn({ symbol, fromId: last + 1, toId: entry.id - 1, reason }, 'trades are missing for good');
      this.#gap ??= { from: this.#lastTime, reason };
    }
    this.#tell(entry);
  }

  #tell(entry: Entry): void {
    this.#lastId = entry.id;
    this.#lastTime = entry.timestamp;
    if (!entry.trade) return;
    const gap = this.#gap;
    this.#gap = null;
    this.#options.emit(gap ? { ...entry.trade, gapBefore: { ...gap, to: entry.timestamp } } : entry.trade);
  }
}
