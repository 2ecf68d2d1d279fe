/**
 * The venue's messages as far as we read them. Every member is `unknown` until it has been looked at: nothing that came
 * over a wire has a type yet.
 */
export interface RawMessage {
  readonly channel?: unknown;
  readonly data?: unknown;
}

/** `l2Book`, on the socket and over REST. */
export interface RawBook {
  readonly coin?: unknown;
  readonly time?: unknown;
  /** Bids, then asks, each best first. */
  readonly levels?: unknown;
}

export interface RawTrade {
  readonly coin?: unknown;
  /** The taker's: `B` bought, `A` sold. */
  readonly side?: unknown;
  readonly px?: unknown;
  readonly sz?: unknown;
  readonly time?: unknown;
  readonly tid?: unknown;
}

/** `activeAssetCtx`: what is said of a market as a whole. It carries no time. */
export interface RawAssetContext {
  readonly funding?: unknown;
  readonly openInterest?: unknown;
  readonly prevDayPx?: unknown;
  /** Traded in 24 h, in dollars. */
  readonly dayNtlVlm?: unknown;
  /** Traded in 24 h, in the coin. */
  readonly dayBaseVlm?: unknown;
  readonly markPx?: unknown;
  /** Null while a side of the book is empty. */
  readonly midPx?: unknown;
}

/** An object of anything; an empty one for what is none, so that every member is then missing. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** An unsigned number as plain decimal text; null for anything else. The venue writes numbers as text, some as numbers. */
export function amount(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^\d{1,40}(\.\d{1,30})?$/.test(text) ? text : null;
}

/** The same of a number that may be below zero. */
export function signed(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^-?\d{1,40}(\.\d{1,30})?$/.test(text) ? text : null;
}

/** A time or an id: a whole number that a JS number holds exactly. */
export function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
