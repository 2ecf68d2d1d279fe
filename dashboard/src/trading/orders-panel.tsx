import { useState } from 'react';
import { useMutation } from 'urql';
import { Recent } from '../data/recent.ts';
import { useEvents, useStream } from '../data/use-stream.ts';
import * as decimal from '../format/decimal.ts';
import { clock } from '../format/time.ts';
import { words } from '../format/words.ts';
import {
  CancelOrderDocument,
  type OrderStatus,
  OrdersDocument,
  type OrdersSubscription,
} from '../generated/graphql.ts';
import { begin } from '../parts/begin.ts';
import { Panel } from '../parts/panel.tsx';

type Order = OrdersSubscription['orderUpdates']['order'] & { readonly matches: boolean };

const KEPT = 100;

const ORDERS = {
  document: OrdersDocument,
  variables: { last: KEPT },
  // The order as it stands after each update: what is shown is one line an order.
  value: ({ orderUpdates: { order, matches } }: OrdersSubscription): Order => ({ ...order, matches }),
};

const TONES: Readonly<Record<OrderStatus, string>> = {
  PENDING: '',
  NEW: 'accent',
  PARTIALLY_FILLED: 'accent',
  FILLED: 'up',
  CANCELED: '',
  EXPIRED: '',
  REJECTED: 'down',
};

const OPEN: ReadonlySet<OrderStatus> = new Set(['PENDING', 'NEW', 'PARTIALLY_FILLED']);

export function OrdersPanel() {
  const recent = useStream(ORDERS, () => new Recent<Order>(KEPT));
  return (
    <Panel
      title="Orders"
      area="orders"
      collection={recent}
      question={ORDERS}
      empty="No orders yet. Place one with the ticket."
    >
      <Table recent={recent} />
    </Panel>
  );
}

function Table({ recent }: { readonly recent: Recent<Order> }) {
  return (
    <table>
      <caption className="hidden">Orders, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Order</th>
          <th scope="col">Status</th>
          <th scope="col" className="number">
            Filled
          </th>
          <th scope="col" className="number">
            Limit
          </th>
          <th scope="col" className="number">
            Average
          </th>
          <th scope="col" className="number optional">
            Time
          </th>
          <th scope="col">
            <span className="hidden">Cancel</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {useEvents(recent).map((order) => (
          <Row key={order.id} order={order} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ order }: { readonly order: Order }) {
  const {
    id,
    symbol,
    side,
    type,
    status,
    quantity,
    filledQuantity,
    price,
    stopPrice,
    averagePrice,
    updatedAt,
    rejection,
  } = order;
  const limit = price ?? stopPrice;
  return (
    <tr className={OPEN.has(status) ? undefined : 'past'}>
      <th scope="row" className="strong">
        <span className={side === 'BUY' ? 'up' : 'down'}>{words(side)}</span> {symbol}{' '}
        <span className="muted">{words(type).toLowerCase()}</span>
      </th>
      <td title={rejection?.message}>
        <span className={`chip ${TONES[status]}`}>{words(status)}</span>
      </td>
      <td className="number">
        {decimal.amount(filledQuantity)} <span className="muted">/ {decimal.amount(quantity)}</span>
      </td>
      <td className="number">{limit === null ? 'Market' : decimal.price(limit)}</td>
      <td className="number">{averagePrice === null ? '—' : decimal.price(averagePrice)}</td>
      <td className="number muted optional">{clock(updatedAt)}</td>
      <td className="number">{OPEN.has(status) && <Cancel id={id} name={`${words(side)} ${symbol}`} />}</td>
    </tr>
  );
}

function Cancel({ id, name }: { readonly id: string; readonly name: string }) {
  const [{ fetching }, cancel] = useMutation(CancelOrderDocument);
  const [trouble, setTrouble] = useState<string | null>(null);
  const ask = async () => {
    const { error } = await cancel({ orderId: id });
    setTrouble(error ? (error.graphQLErrors[0]?.message ?? 'Not heard: try again.') : null);
  };
  return (
    <button
      type="button"
      className="button small"
      disabled={fetching}
      onClick={begin(ask)}
      title={trouble ?? undefined}
    >
      {trouble ? 'Try again' : 'Cancel'}
      <span className="hidden"> {name}</span>
    </button>
  );
}
