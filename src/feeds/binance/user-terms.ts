import { type Decimal, decimal, ZERO } from '../../lib/decimal.ts';
import { splitPair } from '../../model/instrument.ts';
import type { OrderStatus, OrderTerms, OrderType, TimeInForce } from '../../model/order.ts';
import { isCount } from './messages.ts';

/** The venue's words for what an order says of itself, and ours. */
const TYPES: Readonly<Record<string, { readonly type: OrderType; readonly postOnly: boolean }>> = {
  LIMIT: { type: 'LIMIT', postOnly: false },
  LIMIT_MAKER: { type: 'LIMIT', postOnly: true },
  MARKET: { type: 'MARKET', postOnly: false },
  STOP_LOSS: { type: 'STOP', postOnly: false },
  STOP_LOSS_LIMIT: { type: 'STOP_LIMIT', postOnly: false },
  TAKE_PROFIT: { type: 'TAKE_PROFIT', postOnly: false },
  TAKE_PROFIT_LIMIT: { type: 'TAKE_PROFIT', postOnly: false },
};

const STATUSES: Readonly<Record<string, OrderStatus>> = {
  // Of a pair of which the other has to fill first: the venue holds it, and nobody can meet it yet.
  PENDING: 'PENDING',
  PENDING_NEW: 'PENDING',
  NEW: 'NEW',
  PARTIALLY_FILLED: 'PARTIALLY_FILLED',
  FILLED: 'FILLED',
  PENDING_CANCEL: 'NEW',
  CANCELED: 'CANCELED',
  REJECTED: 'REJECTED',
  EXPIRED: 'EXPIRED',
  EXPIRED_IN_MATCH: 'EXPIRED',
};

const TIMES: readonly string[] = ['GTC', 'IOC', 'FOK'];

/** What an order says of itself, as events and answers both have it. */
interface RawTerms {
  readonly symbol: unknown;
  readonly side: unknown;
  readonly type: unknown;
  readonly timeInForce: unknown;
  readonly quantity: unknown;
  readonly price: unknown;
  readonly stopPrice: unknown;
}

/** @throws RangeError for what is none of the venue's words. */
export function termsOf(raw: RawTerms): OrderTerms & { readonly base: string; readonly quote: string } {
  const { symbol, side } = raw;
  const words = TYPES[text(raw.type)];
  if (typeof symbol !== 'string' || symbol.length > 40 || (side !== 'BUY' && side !== 'SELL') || !words)
    throw new RangeError('not an order');
  const timeInForce = text(raw.timeInForce);
  // Good till crossing: what would take is refused.
  const postOnly = words.postOnly || timeInForce === 'GTX';
  if (!postOnly && !TIMES.includes(timeInForce)) throw new RangeError('not a time in force');
  const { base, quote } = splitPair(symbol) ?? { base: symbol, quote: '' };
  return {
    symbol,
    base,
    quote,
    side,
    type: words.type,
    quantity: number(raw.quantity),
    price: unlessZero(number(raw.price)),
    stopPrice: unlessZero(number(raw.stopPrice ?? '0')),
    timeInForce: postOnly ? 'GTC' : (timeInForce as TimeInForce),
    postOnly,
    // Spot knows none.
    reduceOnly: false,
  };
}

/** @throws RangeError for a word that is none of the venue's. */
export function statusOf(word: unknown): OrderStatus {
  const status = STATUSES[text(word)];
  if (!status) throw new RangeError('not a status');
  return status;
}

/** The venue's numbers are text. @throws RangeError for what is no number, or below zero. */
export function number(value: unknown): Decimal {
  const read = decimal(text(value));
  if (read.startsWith('-')) throw new RangeError('below zero');
  return read;
}

/** Ids are numbers in one of the venue's systems and text in another. @throws RangeError for what is neither. */
export function id(value: unknown): string {
  if (isCount(value)) return String(value);
  if (typeof value === 'string' && /^[\w.:/-]{1,64}$/.test(value)) return value;
  throw new RangeError('not an id');
}

/** @throws RangeError for what is no time. */
export function time(value: unknown): number {
  if (!isCount(value)) throw new RangeError('not a time');
  return value;
}

/** @throws RangeError for what is no text. */
export function text(value: unknown): string {
  if (typeof value !== 'string') throw new RangeError('not a text');
  return value;
}

function unlessZero(value: Decimal): Decimal | null {
  return value === ZERO ? null : value;
}
