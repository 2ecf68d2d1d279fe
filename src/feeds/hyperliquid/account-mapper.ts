import { type Decimal, decimal, ZERO } from '../../lib/decimal.ts';
import type { Address } from '../../model/identity.ts';
import type { VenueAccount, VenueFill, VenuePosition } from '../../model/venue-account.ts';
import { count, record, signed } from './messages.ts';
import { HYPERLIQUID, symbolOfCoin } from './symbols.ts';

/** A number of the venue; null where there is none. @throws RangeError for what is neither. */
function number(value: unknown): Decimal | null {
  if (value === null || value === undefined) return null;
  const text = signed(value);
  if (text === null) throw new RangeError('not a number');
  return decimal(text);
}

/** @throws RangeError for what is no number. */
function needed(value: unknown): Decimal {
  const read = number(value);
  if (read === null) throw new RangeError('a number is missing');
  return read;
}

/**
 * The venue's `clearinghouseState`.
 * @returns null for what cannot be read whole: half an account would look like closed positions.
 */
export function mapAccount(state: unknown, owner: Address, now: number): VenueAccount | null {
  const { assetPositions, marginSummary, crossMaintenanceMarginUsed, withdrawable, time } = record(state);
  const { accountValue, totalMarginUsed } = record(marginSummary);
  if (!Array.isArray(assetPositions)) return null;
  try {
    return {
      source: HYPERLIQUID,
      owner,
      accountValue: needed(accountValue),
      marginUsed: needed(totalMarginUsed),
      maintenanceMargin: number(crossMaintenanceMarginUsed),
      withdrawable: number(withdrawable) ?? ZERO,
      positions: assetPositions.flatMap((row) => mapPosition(record(row)['position'])),
      timestamp: count(time) ?? now,
      receivedAt: now,
    };
  } catch {
    return null;
  }
}

function mapPosition(row: unknown): VenuePosition[] {
  const raw = record(row);
  const { coin } = raw;
  const size = needed(raw['szi']);
  if (typeof coin !== 'string') throw new RangeError('a coin is missing');
  if (size === ZERO) return [];
  const { type, value } = record(raw['leverage']);
  const isShort = size.startsWith('-');
  return [
    {
      symbol: symbolOfCoin(coin),
      side: isShort ? 'SHORT' : 'LONG',
      size: isShort ? decimal(size.slice(1)) : size,
      entryPrice: needed(raw['entryPx']),
      leverage: needed(value),
      marginMode: type === 'isolated' ? 'ISOLATED' : 'CROSS',
      marginUsed: needed(raw['marginUsed']),
      value: needed(raw['positionValue']),
      unrealizedPnl: needed(raw['unrealizedPnl']),
      liquidationPrice: number(raw['liquidationPx']),
      maxLeverage: count(raw['maxLeverage']),
      fundingPaid: number(record(raw['cumFunding'])['sinceOpen']),
    },
  ];
}

/** What a list of fills gave: those that could be read, oldest first, and how many could not. */
export interface MappedFills {
  readonly fills: readonly VenueFill[];
  readonly unreadable: number;
}

/** The venue's fills. @param replayed whether they are told as history. */
export function mapFills(rows: readonly unknown[], owner: Address, replayed: boolean, now: number): MappedFills {
  const fills = rows.flatMap((row) => mapFill(row, owner, replayed, now) ?? []);
  // The venue tells history newest first.
  const oldestFirst = fills.reverse().sort((a, b) => a.timestamp - b.timestamp);
  return { fills: told(oldestFirst), unreadable: rows.length - fills.length };
}

/**
 * Fills of one order in one block may share their trade id, their price, and the position that they say to have found. Those
 * that are alike in everything are told apart by their place: all fills of a block come in one message.
 */
function told(fills: readonly VenueFill[]): readonly VenueFill[] {
  const alike = new Map<string, number>();
  return fills.map((fill) => {
    const before = alike.get(fill.fillId) ?? 0;
    alike.set(fill.fillId, before + 1);
    return before === 0 ? fill : { ...fill, fillId: `${fill.fillId}|${before}` };
  });
}

function mapFill(row: unknown, owner: Address, replayed: boolean, now: number): VenueFill | null {
  const { coin, side, px, sz, time, oid, tid, startPosition, closedPnl, fee, feeToken, crossed, hash, liquidation } =
    record(row);
  const [timestamp, orderId] = [count(time), count(oid)];
  if (typeof coin !== 'string' || (side !== 'A' && side !== 'B') || timestamp === null || orderId === null) return null;
  try {
    const [start, price, size] = [needed(startPosition), needed(px), needed(sz)];
    return {
      source: HYPERLIQUID,
      owner,
      symbol: symbolOfCoin(coin),
      fillId: [coin, orderId, timestamp, tid ?? '', start, price, size].join('|'),
      orderId: String(orderId),
      side: side === 'B' ? 'BUY' : 'SELL',
      price,
      size,
      startPosition: start,
      closedPnl: number(closedPnl) ?? ZERO,
      fee: number(fee) ?? ZERO,
      feeCurrency: typeof feeToken === 'string' ? feeToken : 'USDC',
      taker: crossed === true,
      transactionHash: typeof hash === 'string' ? hash : '',
      liquidation: liquidation !== undefined && liquidation !== null,
      replayed,
      timestamp,
      receivedAt: now,
    };
  } catch {
    return null;
  }
}
