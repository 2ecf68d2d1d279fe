/**
 * How many book updates a second one core takes through matching, with 10,000 orders at rest on 20 symbols: the recorded ticks of a real
 * venue as those of each symbol, where the recording is (`RECORDINGS_DIR`), and the simulated venue's. `npm run bench:orders`.
 */
import { cpus, loadavg } from 'node:os';
import { PaperVenue } from '../src/engines/paper/paper-venue.ts';
import { decimal, ZERO } from '../src/lib/decimal.ts';
import type { Order } from '../src/model/order.ts';
import { type OrdersLoad, recordedLoad, START, simulatedLoad } from './orders-load.ts';

const SYMBOLS = 20;
const ORDERS = 10_000;
/** Orders of one owner: a venue takes no more than a thousand of anybody. */
const ORDERS_AN_OWNER = 500;
const ROUNDS = 3;

function restingOrder(at: number, symbol: string, best: number): Order {
  // From a tick below the best bid down to five per cent away.
  const price = (best * (1 - 0.0002 - (at % 500) * 0.0001)).toFixed(2);
  return {
    id: `bench-${at}`,
    owner: `0x${Math.floor(at / ORDERS_AN_OWNER)
      .toString(16)
      .padStart(40, '0')}`,
    clientOrderId: `bench-${at}`,
    venue: 'paper',
    botId: null,
    version: 1,
    symbol,
    side: 'BUY',
    type: 'LIMIT',
    quantity: decimal('1'),
    price: decimal(price),
    stopPrice: null,
    timeInForce: 'GTC',
    postOnly: false,
    reduceOnly: false,
    status: 'PENDING',
    filledQuantity: ZERO,
    filledValue: ZERO,
    averagePrice: null,
    fees: ZERO,
    triggeredAt: null,
    rejection: null,
    createdAt: START,
    updatedAt: START,
  };
}

function round({ symbols, opening, events }: OrdersLoad, updates: number): string {
  const amount = decimal('1000000000000');
  const venue = new PaperVenue({ startingCash: ['USDT', 'USD'].map((currency) => ({ currency, amount })) });
  for (const event of opening) venue.process(event);
  const best = new Map(
    opening.flatMap((event) => (event.kind === 'book' ? [[event.book.symbol, event.book.bids[0]?.[0]] as const] : [])),
  );
  for (let at = 0; at < ORDERS; at++) {
    const symbol = symbols[at % symbols.length] ?? '';
    venue.process({ kind: 'place', order: restingOrder(at, symbol, Number(best.get(symbol))), now: START });
  }
  const resting = venue.open;
  const before = process.cpuUsage();
  let fills = 0;
  for (const event of events) for (const output of venue.process(event)) if (output.kind === 'execution') fills++;
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  return `${Math.round(updates / seconds)} book updates/s of processor time, ${resting} orders at rest, ${fills} fills`;
}

const load = loadavg().map((one) => one.toFixed(1));
console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}, load ${load.join(' ')}`);
for (const from of [recordedLoad(SYMBOLS), simulatedLoad(SYMBOLS)]) {
  if (from === null) {
    console.log('no recording was found');
    continue;
  }
  const updates = from.events.filter(({ kind }) => kind === 'book-change').length;
  const trades = from.events.filter(({ kind }) => kind === 'trade').length;
  console.log(`${from.origin}: ${updates} book updates and ${trades} trades of ${from.symbols.length} symbols`);
  for (let number = 1; number <= ROUNDS; number++) console.log(`round ${number}: ${round(from, updates)}`);
}
