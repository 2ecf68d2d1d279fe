import type { PaperEvent, PaperOutput } from '../../../src/engines/paper/events.ts';
import { PaperVenue } from '../../../src/engines/paper/paper-venue.ts';
import { decimal, ZERO } from '../../../src/lib/decimal.ts';
import { bookChecksum, type Level } from '../../../src/model/book.ts';
import type { Instrument, MarketKind } from '../../../src/model/instrument.ts';
import type { Execution, Order, OrderTerms } from '../../../src/model/order.ts';
import type { Side } from '../../../src/model/trade.ts';

export const ALICE = '0x00000000000000000000000000000000000000A1';
export const BOB = '0x00000000000000000000000000000000000000b2';

const SOURCE = 'venue';

function instrumentOf(symbol: string, kind: MarketKind, base: string, quote: string): Instrument {
  return { symbol, kind, venue: SOURCE, primarySource: SOURCE, base, quote };
}

export const BTC = instrumentOf('BTCUSDT', 'SPOT', 'BTC', 'USDT');
export const BTC_PERP = instrumentOf('BTC-PERP', 'PERP', 'BTC', 'USD');
export const AAPL = instrumentOf('AAPL', 'EQUITY', 'AAPL', 'USD');

export const CASH = [
  { currency: 'USDT', amount: decimal('100000') },
  { currency: 'USD', amount: decimal('100000') },
];

type Levels = readonly (readonly [price: string, size: string])[];

const levels = (pairs: Levels): readonly Level[] => pairs.map(([price, size]) => [decimal(price), decimal(size)]);

/** A paper venue with a hand on its market. Each thing that happens is a millisecond after the one before. */
export class PaperTable {
  readonly venue = new PaperVenue({ startingCash: CASH });
  readonly outputs: PaperOutput[] = [];
  now = 1_000;
  #trades = 0;
  #orders = 0;

  constructor(...instruments: readonly Instrument[]) {
    for (const instrument of instruments) this.process({ kind: 'instrument', instrument });
  }

  process(event: PaperEvent): readonly PaperOutput[] {
    const outputs = this.venue.process(event);
    this.outputs.push(...outputs);
    return outputs;
  }

  book(symbol: string, bids: Levels, asks: Levels, stale = false): readonly PaperOutput[] {
    const at = ++this.now;
    const sides = { bids: levels(bids), asks: levels(asks) };
    const book = { symbol, source: SOURCE, stale, timestamp: at, receivedAt: at, venueUpdateId: null };
    return this.process({ kind: 'book', book: { ...book, ...sides, checksum: bookChecksum(sides.bids, sides.asks) } });
  }

  change(symbol: string, bids: Levels, asks: Levels): readonly PaperOutput[] {
    const at = ++this.now;
    const facts = { symbol, source: SOURCE, stale: false, timestamp: at, receivedAt: at, venueUpdateId: null };
    return this.process({
      kind: 'book-change',
      change: { ...facts, bids: levels(bids), asks: levels(asks), checksum: 0 },
    });
  }

  trade(symbol: string, side: Side, price: string, quantity: string, at = ++this.now): readonly PaperOutput[] {
    const facts = { symbol, source: SOURCE, tradeId: String(++this.#trades), gapBefore: null };
    const trade = { ...facts, side, price: decimal(price), quantity: decimal(quantity), timestamp: at, receivedAt: at };
    return this.process({ kind: 'trade', trade });
  }

  place(terms: Partial<Terms>, owner = ALICE): Order {
    const id = `order-${++this.#orders}`;
    this.process({ kind: 'place', order: orderOf(id, owner, terms), now: ++this.now });
    return this.order(id);
  }

  amend(id: string, amendment: { quantity?: string; price?: string; stopPrice?: string }): Order {
    const of = (text: string | undefined) => (text === undefined ? null : decimal(text));
    const { quantity, price, stopPrice } = amendment;
    const full = { quantity: of(quantity), price: of(price), stopPrice: of(stopPrice) };
    this.process({ kind: 'amend', orderId: id, amendment: full, now: ++this.now });
    return this.order(id);
  }

  cancel(id: string): Order {
    this.process({ kind: 'cancel', orderId: id, now: ++this.now });
    return this.order(id);
  }

  /** As it was told last. */
  order(id: string): Order {
    const told = this.outputs.findLast((output) => output.kind === 'order' && output.update.order.id === id);
    if (told?.kind !== 'order') throw new Error(`nothing was told of ${id}`);
    return told.update.order;
  }

  executions(orderId?: string): readonly Execution[] {
    return this.outputs.flatMap((output) =>
      output.kind === 'execution' && (orderId === undefined || output.execution.order.id === orderId)
        ? [output.execution]
        : [],
    );
  }

  /** `quantity@price` of every fill of an order. */
  fills(orderId: string): readonly string[] {
    return this.executions(orderId).map(({ quantity, price }) => `${quantity}@${price}`);
  }
}

export interface Terms extends Omit<OrderTerms, 'quantity' | 'price' | 'stopPrice'> {
  readonly quantity: string;
  readonly price: string | null;
  readonly stopPrice: string | null;
}

export function orderOf(id: string, owner: string, terms: Partial<Terms>): Order {
  const { quantity = '1', price = null, stopPrice = null, ...rest } = terms;
  return {
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: price === null ? (stopPrice === null ? 'MARKET' : 'STOP') : stopPrice === null ? 'LIMIT' : 'STOP_LIMIT',
    timeInForce: 'GTC',
    postOnly: false,
    reduceOnly: false,
    ...rest,
    quantity: decimal(quantity),
    price: price === null ? null : decimal(price),
    stopPrice: stopPrice === null ? null : decimal(stopPrice),
    id,
    owner,
    clientOrderId: id,
    venue: 'paper',
    botId: null,
    version: 1,
    status: 'PENDING',
    filledQuantity: ZERO,
    filledValue: ZERO,
    averagePrice: null,
    fees: ZERO,
    triggeredAt: null,
    rejection: null,
    createdAt: 1_000,
    updatedAt: 1_000,
  };
}
