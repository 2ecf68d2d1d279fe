import { onTestFinished } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { decimal } from '../../src/lib/decimal.ts';
import { book, instrument, price, trade } from './market.ts';
import { ALICE, user } from './owner-schema.ts';
import { paperWorker } from './paper-worker.ts';
import { freshDatabase } from './postgres.ts';
import { eventually, query, silentLog, testServer } from './server.ts';

interface Placed {
  readonly id: string;
  readonly status: string;
  readonly filledQuantity: string;
  readonly rejection: { readonly code: string; readonly limit: string | null; readonly actual: string | null } | null;
}

const LOOK = 'id status filledQuantity rejection { code limit actual }';

/** The paper venue at work before an api, on a market of BTCUSDT that a hand moves; Alice's, who begins with 100,000 USDT. */
export async function paperStage() {
  const database = await freshDatabase();
  const bus = createMemoryBus({ clock: systemClock, log: silentLog });
  onTestFinished(() => bus.close());
  let number = 0;
  const shows = async (bids: [string, string][], asks: [string, string][]) => {
    const at = ++number;
    await bus.publishState(topics.orderbook, book('BTCUSDT', bids, asks, { timestamp: at, receivedAt: at }));
  };
  const costs = (at: string) => bus.publishState(topics.prices, price('BTCUSDT', at));
  const trades = (side: 'BUY' | 'SELL', at: string, quantity: string) => {
    const facts = { side, price: decimal(at), quantity: decimal(quantity), timestamp: ++number, receivedAt: number };
    return bus.publishEvent(topics.trades, trade('BTCUSDT', number, facts));
  };
  await bus.publishState(topics.instruments, instrument('BTCUSDT', { base: 'BTC' }));
  await shows([['100', '5']], [['101', '5']]);
  paperWorker(database, bus).start();
  const seams = { identityOf: () => user('alice', [ALICE], ['read', 'write']) };
  const { url } = await testServer({ bus, database, seams });
  const ask = <D>(text: string) => query<D>(url, text);
  const place = (terms: string) =>
    ask<{ placeOrder: { order: Placed } }>(
      `mutation { placeOrder(input: {symbol: "BTCUSDT", ${terms}}) { order { ${LOOK} } } }`,
    );
  const look = async (id: string) => {
    const { data } = await ask<{ node: Placed }>(`{ node(id: "${id}") { ... on Order { ${LOOK} } } }`);
    return data?.node as Placed;
  };
  /** Places an order and waits until it stands so. */
  const placed = async (terms: string, status: string): Promise<Placed> => {
    const { data, errors } = await place(terms);
    if (errors) throw new Error(JSON.stringify(errors));
    const id = data?.placeOrder.order.id ?? '';
    await eventually(`${terms} is ${status}`, async () => (await look(id)).status === status);
    return look(id);
  };
  return { url, ask, place, placed, look, shows, costs, trades };
}
