import { compareDecimals, type Decimal } from '../../lib/decimal.ts';
import { type Fixed, fixed, fixedText } from '../../lib/fixed.ts';
import { type Candle, type CandleName, INTERVAL_MS, type TradePlace } from '../../model/candle.ts';
import type { Observed } from '../../model/observed.ts';

/** What one trade adds to a bar, read once for the bars of all intervals; of a price, nothing but the price. */
export interface Step extends Observed {
  readonly price: Decimal;
  /** Null of a price. */
  readonly amounts: { readonly quantity: Fixed; readonly value: Fixed } | null;
  readonly place: TradePlace | null;
}

/** A bar as it grows. */
export class Bar {
  readonly name: CandleName;
  readonly source: string;
  /** Its interval is over. */
  closed = false;
  /** When the engine first looked at it closed, milliseconds by our clock. */
  closedAt: number | null = null;
  /** Its source has gone quiet or lost its thread. */
  stale = false;
  /** Nothing is known to be missing for good. */
  whole: boolean;
  /** Whether something is missing is not known: its source was away, and has not come back with a trade. */
  doubtful = false;
  /** Changed since it was last put out. */
  changed = false;
  version = 0;
  #open: Decimal;
  #high: Decimal;
  #low: Decimal;
  #close: Decimal;
  #openedAt: number;
  #timestamp: number;
  #receivedAt: number;
  #amounts: { volume: Fixed; quoteVolume: Fixed; trades: number } | null;
  #through: TradePlace | null;

  constructor(name: CandleName, source: string, first: Step, whole: boolean) {
    this.name = name;
    this.source = source;
    this.whole = whole;
    this.#open = this.#high = this.#low = this.#close = first.price;
    this.#openedAt = this.#timestamp = first.timestamp;
    this.#receivedAt = first.receivedAt;
    this.#amounts = first.amounts && { volume: 0n, quoteVolume: 0n, trades: 0 };
    this.#through = null;
    this.add(first);
  }

  /** A bar as it was put out by an engine that is gone. */
  static of(candle: Candle): Bar {
    const { symbol, interval, openTime, source, open, timestamp, receivedAt, volume, quoteVolume, trades } = candle;
    const bar = new Bar(
      { symbol, interval, openTime },
      source,
      { price: open, amounts: null, place: null, timestamp, receivedAt },
      candle.complete,
    );
    bar.#high = candle.high;
    bar.#low = candle.low;
    bar.#close = candle.close;
    bar.#openedAt = candle.openedAt;
    bar.#through = candle.through;
    if (volume !== null)
      bar.#amounts = { volume: fixed(volume), quoteVolume: fixed(quoteVolume ?? volume), trades: trades ?? 0 };
    bar.version = candle.version;
    bar.closed = candle.closed;
    bar.stale = candle.stale;
    bar.changed = false;
    return bar;
  }

  get endTime(): number {
    return this.name.openTime + INTERVAL_MS[this.name.interval];
  }

  get timestamp(): number {
    return this.#timestamp;
  }

  /** Whether a trade is in it already: it was folded in by an engine that is gone. */
  has({ place }: Step): boolean {
    const through = this.#through;
    return place !== null && through?.epoch === place.epoch && through.sequence >= place.sequence;
  }

  add(step: Step): void {
    const { price, amounts, place, timestamp, receivedAt } = step;
    if (compareDecimals(price, this.#high) > 0) this.#high = price;
    if (compareDecimals(price, this.#low) < 0) this.#low = price;
    if (timestamp < this.#openedAt) {
      this.#open = price;
      this.#openedAt = timestamp;
    }
    if (timestamp >= this.#timestamp) {
      this.#close = price;
      this.#timestamp = timestamp;
    }
    this.#receivedAt = Math.max(this.#receivedAt, receivedAt);
    if (amounts && this.#amounts) {
      this.#amounts.volume += amounts.quantity;
      this.#amounts.quoteVolume += amounts.value;
      this.#amounts.trades++;
    }
    this.#through = place ?? this.#through;
    this.changed = true;
  }

  /** As it stands, in a new version. */
  put(): Candle {
    this.changed = false;
    this.version++;
    const amounts = this.#amounts;
    return {
      ...this.name,
      source: this.source,
      open: this.#open,
      high: this.#high,
      low: this.#low,
      close: this.#close,
      volume: amounts && fixedText(amounts.volume),
      quoteVolume: amounts && fixedText(amounts.quoteVolume),
      trades: amounts?.trades ?? null,
      closed: this.closed,
      complete: this.whole && !this.doubtful,
      stale: this.stale,
      version: this.version,
      openedAt: this.#openedAt,
      through: this.#through,
      timestamp: this.#timestamp,
      receivedAt: this.#receivedAt,
    };
  }
}
