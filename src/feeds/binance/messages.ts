/**
 * The venue's frames as far as we read them. Every member is `unknown` until the mapper has looked at it: nothing that
 * came over a wire has a type yet.
 */
export interface RawFrame {
  /** Combined streams wrap the payload: `{stream, data}`. A raw stream sends the payload bare. */
  readonly stream?: unknown;
  readonly data?: unknown;
  /** Answers to our own requests: `{result: null, id}` or `{error: {code, msg}, id}`. */
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** `trade`, `depthUpdate`, `24hrTicker`, `bookTicker`, `serverShutdown`: one-letter names shared by all of them. */
export interface RawPayload {
  /** Event type. The spot `bookTicker` has none. */
  readonly e?: unknown;
  /** Event time. */
  readonly E?: unknown;
  /** Time of the transaction; where it is given, it is nearer to the truth than `E`. */
  readonly T?: unknown;
  /** Pair, upper case. */
  readonly s?: unknown;
  /** trade: id. */
  readonly t?: unknown;
  /** trade: price. */
  readonly p?: unknown;
  /** trade: quantity. */
  readonly q?: unknown;
  /** trade: whether the buyer is the maker. */
  readonly m?: unknown;
  /** trade, futures only: `MARKET` for a trade in the book, else `INSURANCE_FUND`, `ADL`, `NA`. */
  readonly X?: unknown;
  /** depthUpdate: first update id. */
  readonly U?: unknown;
  /** depthUpdate: last update id. bookTicker: update id. */
  readonly u?: unknown;
  /** depthUpdate, futures only: `u` of the diff before. */
  readonly pu?: unknown;
  /** depthUpdate: bids. bookTicker: best bid. */
  readonly b?: unknown;
  /** depthUpdate: asks. bookTicker: best ask. */
  readonly a?: unknown;
  /** bookTicker: size at the best bid. */
  readonly B?: unknown;
  /** bookTicker: size at the best ask. */
  readonly A?: unknown;
  /** 24hrTicker: last price. */
  readonly c?: unknown;
  /** 24hrTicker: open. */
  readonly o?: unknown;
  /** 24hrTicker: high. */
  readonly h?: unknown;
  /** 24hrTicker: low. */
  readonly l?: unknown;
  /** 24hrTicker: volume in the base currency. */
  readonly v?: unknown;
}

/** REST `depth`. The futures body also carries `T`. */
export interface RawDepth {
  readonly lastUpdateId?: unknown;
  readonly bids?: unknown;
  readonly asks?: unknown;
  readonly T?: unknown;
}

/** One row of REST `historicalTrades` or `trades`. */
export interface RawPastTrade {
  readonly id?: unknown;
  readonly price?: unknown;
  readonly qty?: unknown;
  readonly time?: unknown;
  readonly isBuyerMaker?: unknown;
}

/** Whether decimal text is zero, however it is written. */
export function isZeroText(text: string): boolean {
  return !/[1-9]/.test(text);
}

/** An id or a time: a whole number that a JS number holds exactly. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
