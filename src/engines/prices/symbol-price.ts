import { compareDecimals, type Decimal, percentChange, subtractDecimals } from '../../lib/decimal.ts';
import type { Instrument } from '../../model/instrument.ts';
import type { Observed } from '../../model/observed.ts';
import type { MarketSession, Price } from '../../model/price.ts';
import { tokensOf } from '../../model/token.ts';
import { RealisedVolatility } from './realised-volatility.ts';
import { RollingDay } from './rolling-day.ts';

interface Last extends Observed {
  readonly price: Decimal;
  readonly confidence: Decimal | null;
  readonly emaPrice: Decimal | null;
}

/** 24 hours as a venue counts them; not every venue tells high and low. */
interface VenueFigures {
  readonly open: Decimal;
  readonly high: Decimal | null;
  readonly low: Decimal | null;
  readonly volume: Decimal | null;
}

interface VenueDay extends VenueFigures {
  readonly timestamp: number;
}

/** A venue's ticker, its texts made canonical. */
export interface Ticker extends VenueFigures, Observed {
  readonly last: Decimal;
  readonly indicative: boolean;
  readonly session: MarketSession | null;
  readonly previousClose: Decimal | null;
}

/** An oracle's price, its texts made canonical. */
export interface OraclePrice extends Observed {
  readonly price: Decimal;
  readonly confidence: Decimal;
  readonly emaPrice: Decimal | null;
  readonly session: MarketSession | null;
  readonly stale: boolean;
}

const NUMBER = /^\d+$/;

/** What one source has said of one symbol's price. */
export class SymbolPrice {
  readonly #symbol: string;
  readonly #source: string;
  #last: Last | null = null;
  #stale = false;
  /** The venue's own 24 hours; null for a venue that gives none. */
  #venueDay: VenueDay | null = null;
  readonly #ownDay = new RollingDay();
  readonly #volatility = new RealisedVolatility();
  #lastTradeId: string | null = null;
  #traded = false;
  #session: MarketSession | null = null;
  #previousClose: Decimal | null = null;

  constructor(symbol: string, source: string) {
    this.#symbol = symbol;
    this.#source = source;
  }

  /** Whether a trade is heard for the first time, which it then has been: venues number them upwards. */
  isNew(tradeId: string): boolean {
    const last = this.#lastTradeId;
    if (last !== null && isSameOrLower(tradeId, last)) return false;
    this.#lastTradeId = tradeId;
    return true;
  }

  /** @param afterGap whether trades before this one are missing for good. */
  trade(price: Decimal, quantity: Decimal, at: Observed, afterGap: boolean): void {
    if (afterGap) this.#ownDay.restart();
    this.#stale = false;
    this.#traded = true;
    this.#offer({ price, confidence: null, emaPrice: null, ...timesOf(at) });
    const day = this.#venueDay;
    if (day === null) this.#ownDay.add(price, quantity, at.timestamp);
    else if (at.timestamp >= day.timestamp) this.#venueDay = stretched(day, price);
  }

  ticker(ticker: Ticker): void {
    this.#stale = false;
    if (!ticker.indicative || !this.#traded)
      this.#offer({ price: ticker.last, confidence: null, emaPrice: null, ...timesOf(ticker) });
    this.#session = ticker.session ?? this.#session;
    this.#previousClose = ticker.previousClose ?? this.#previousClose;
    if (this.#venueDay !== null && ticker.timestamp < this.#venueDay.timestamp) return;
    const { open, high, low, volume, timestamp } = ticker;
    this.#venueDay = { open, high, low, volume, timestamp };
    // The venue counts better than we can: what we have counted is not needed any more.
    this.#ownDay.restart();
  }

  oracle({ price, confidence, emaPrice, session, stale, ...at }: OraclePrice): void {
    // What was the last word while the exchange was closed is what it had closed with.
    if (session === 'OPEN' && this.#session === 'CLOSED') this.#previousClose = this.#last?.price ?? null;
    this.#session = session;
    this.#stale = stale;
    this.#offer({ price, confidence, emaPrice, ...timesOf(at) });
  }

  /** Marks the price as old; false when there is none, or it is marked already. */
  markStale(): boolean {
    if (this.#last === null || this.#stale) return false;
    this.#stale = true;
    return true;
  }

  /** @param instrument what the symbol names; undefined while nobody has said. */
  current(instrument: Instrument | undefined): Price | null {
    if (this.#last === null) return null;
    const { price, confidence, emaPrice, timestamp, receivedAt } = this.#last;
    const day = this.#venueDay ?? this.#ownDay.figures(timestamp);
    return {
      symbol: this.#symbol,
      source: this.#source,
      primary: instrument?.primarySource === this.#source,
      price,
      confidence,
      emaPrice,
      token: (instrument && tokensOf(instrument)[0]) ?? null,
      session: this.#session,
      previousClose: this.#previousClose,
      open24h: day?.open ?? null,
      high24h: day?.high ?? null,
      low24h: day?.low ?? null,
      close: day && price,
      volume24h: day?.volume ?? null,
      change24h: day && subtractDecimals(price, day.open),
      changePct24h: day && percentChange(day.open, price),
      volatilityPct: this.#volatility.annualisedPct(instrument?.kind ?? 'SPOT'),
      stale: this.#stale,
      timestamp,
      receivedAt,
    };
  }

  /** What comes late is older than what is held, and does not replace it. */
  #offer(last: Last): void {
    if (this.#last !== null && last.timestamp < this.#last.timestamp) return;
    this.#last = last;
    this.#volatility.add(Number(last.price), last.timestamp);
  }
}

/** The venue's figures are as old as its ticker; a later price beyond them moves them, so that high is never below price. */
function stretched(day: VenueDay, price: Decimal): VenueDay {
  if (day.high !== null && compareDecimals(price, day.high) > 0) return { ...day, high: price };
  return day.low !== null && compareDecimals(price, day.low) < 0 ? { ...day, low: price } : day;
}

function timesOf({ timestamp, receivedAt }: Observed): Observed {
  return { timestamp, receivedAt };
}

/** Ids that are no numbers have no order: of them only the same one again is known. */
function isSameOrLower(tradeId: string, last: string): boolean {
  return NUMBER.test(tradeId) && NUMBER.test(last) ? BigInt(tradeId) <= BigInt(last) : tradeId === last;
}
