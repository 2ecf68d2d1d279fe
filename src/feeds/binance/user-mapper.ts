import { addDecimals, compareDecimals, type Decimal, subtractDecimals, ZERO } from '../../lib/decimal.ts';
import type { VenueBalance, VenueBalances, VenueOrder, VenueOrderFill } from '../../model/venue-order.ts';
import { id, number, statusOf, termsOf, text, time } from './user-terms.ts';

/** What the venue says of an account, unasked. */
export type UserEvent =
  | { readonly kind: 'order'; readonly order: VenueOrder }
  | { readonly kind: 'balances'; readonly balances: VenueBalances }
  /** Something was paid in or out: the venue tells by how much, and not what there is now. */
  | { readonly kind: 'moved' }
  /** Nothing more comes of this subscription. */
  | { readonly kind: 'terminated' }
  /** Of no use to us. */
  | { readonly kind: 'other' }
  | { readonly kind: 'malformed'; readonly what: string };

type Raw = Readonly<Record<string, unknown>>;

const OTHERS: readonly unknown[] = ['listStatus', 'externalLockUpdate', 'outboundAccountInfo'];

/** Never throws. @param event as it came: not looked at by anybody yet. */
export function mapUserEvent(event: unknown, receivedAt: number): UserEvent {
  const raw = record(event);
  try {
    switch (raw['e']) {
      case 'executionReport':
        return { kind: 'order', order: reported(raw, receivedAt) };
      case 'outboundAccountPosition': {
        const timestamp = time(raw['u']);
        const balances = rows(raw['B']).map(({ a, f, l }) => balance(a, f, l));
        return { kind: 'balances', balances: { balances, whole: false, timestamp, receivedAt } };
      }
      case 'balanceUpdate':
        return { kind: 'moved' };
      case 'eventStreamTerminated':
      case 'listenKeyExpired':
        return { kind: 'terminated' };
      default:
        return OTHERS.includes(raw['e'])
          ? { kind: 'other' }
          : { kind: 'malformed', what: 'an event of a type unknown' };
    }
  } catch {
    return { kind: 'malformed', what: String(raw['e']).slice(0, 40) };
  }
}

/** The answer to `account.status`. @throws RangeError for what is none. */
export function mapAccountStatus(result: unknown, receivedAt: number): VenueBalances {
  const { balances, updateTime } = record(result);
  return {
    balances: rows(balances).map(({ asset, free, locked }) => balance(asset, free, locked)),
    whole: true,
    timestamp: time(updateTime),
    receivedAt,
  };
}

/** A row of `openOrders.status` or `allOrders`, without its fills. @throws RangeError for what is none. */
export function mapOrderRow(row: unknown, receivedAt: number): VenueOrder {
  const raw = record(row);
  const { origQty: quantity, price, stopPrice, symbol, side, type, timeInForce } = raw;
  return {
    ...termsOf({ symbol, side, type, timeInForce, quantity, price, stopPrice }),
    orderId: id(raw['orderId']),
    clientOrderId: text(raw['clientOrderId']),
    status: statusOf(raw['status']),
    working: raw['isWorking'] === true,
    filledQuantity: number(raw['executedQty']),
    filledValue: number(raw['cummulativeQuoteQty']),
    reason: null,
    createdAt: time(raw['time']),
    fills: [],
    recovered: true,
    timestamp: time(raw['updateTime']),
    receivedAt,
  };
}

/** Rows of `myTrades` of one order, oldest first. @throws RangeError for what are none. */
export function mapTradeRows(result: unknown): readonly VenueOrderFill[] {
  let filledAfter: Decimal = ZERO;
  return rows(result).map((raw): VenueOrderFill => {
    const quantity = number(raw['qty']);
    filledAfter = addDecimals(filledAfter, quantity);
    return {
      filledAfter,
      quantity,
      price: number(raw['price']),
      fee: number(raw['commission']),
      feeCurrency: text(raw['commissionAsset']),
      liquidity: raw['isMaker'] === true ? 'MAKER' : 'TAKER',
      tradeId: id(raw['id']),
      at: time(raw['time']),
    };
  });
}

/** The rows of an answer. @throws RangeError for what is no list of objects. */
export function rows(value: unknown): readonly Raw[] {
  if (!Array.isArray(value)) throw new RangeError('not a list');
  return value.map((row: unknown) => {
    if (typeof row !== 'object' || row === null) throw new RangeError('not an object');
    return row as Raw;
  });
}

function reported(raw: Raw, receivedAt: number): VenueOrder {
  const { s: symbol, S: side, o: type, f: timeInForce, q: quantity, p: price, P: stopPrice, C: original } = raw;
  const filledQuantity = number(raw['z']);
  const timestamp = time(raw['T']);
  const isFill = raw['x'] === 'TRADE';
  return {
    ...termsOf({ symbol, side, type, timeInForce, quantity, price, stopPrice }),
    orderId: id(raw['i']),
    // A cancellation has a name of its own, and says which order it is about.
    clientOrderId: typeof original === 'string' && original !== '' ? original : text(raw['c']),
    status: statusOf(raw['X']),
    working: raw['w'] === true || isFill,
    filledQuantity,
    filledValue: number(raw['Z']),
    reason: typeof raw['r'] === 'string' && raw['r'] !== 'NONE' ? raw['r'] : null,
    createdAt: time(raw['O']),
    fills: isFill ? [reportedFill(raw, filledQuantity, timestamp)] : [],
    recovered: false,
    timestamp,
    receivedAt,
  };
}

function reportedFill(raw: Raw, filledAfter: Decimal, at: number): VenueOrderFill {
  const quantity = number(raw['l']);
  if (quantity === ZERO || compareDecimals(subtractDecimals(filledAfter, quantity), ZERO) < 0)
    throw new RangeError('a fill of nothing, or of more than all');
  const fee = number(raw['n'] ?? '0');
  return {
    filledAfter,
    quantity,
    price: number(raw['L']),
    fee,
    // The venue names none where none was taken.
    feeCurrency: fee === ZERO && typeof raw['N'] !== 'string' ? '' : text(raw['N']),
    liquidity: raw['m'] === true ? 'MAKER' : 'TAKER',
    tradeId: id(raw['t']),
    at,
  };
}

function balance(currency: unknown, free: unknown, locked: unknown): VenueBalance {
  const held = number(locked);
  return { currency: text(currency), amount: addDecimals(number(free), held), locked: held };
}

function record(value: unknown): Raw {
  return typeof value === 'object' && value !== null ? (value as Raw) : {};
}
