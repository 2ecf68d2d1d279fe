import { memo } from 'react';
import * as decimal from '../format/decimal.ts';
import { clock } from '../format/time.ts';
import { words } from '../format/words.ts';
import {
  CancelOrderDocument,
  type OrderStatus,
  OrdersDocument,
  type OrdersSubscription,
} from '../generated/graphql.ts';
import { CommandButton } from '../parts/command-button.tsx';
import { RecentTable, type Told } from '../parts/recent-panel.tsx';
import { number, text, unnamed } from '../parts/table.tsx';

type Order = OrdersSubscription['orderUpdates']['order'] & Told;

const KEPT = 100;

const ORDERS = {
  document: OrdersDocument,
  variables: { last: KEPT },
  // The order as it stands after each update: what is shown is one line an order.
  value: ({ orderUpdates: { order, matches, cursor } }: OrdersSubscription): Order => ({ ...order, matches, cursor }),
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

const COLUMNS = [
  text('Order'),
  text('Status', 'optional'),
  number('Filled'),
  number('Limit'),
  number('Average', 'optional'),
  number('Time', 'optional'),
  unnamed('Cancel'),
];

export function OrdersPanel() {
  return (
    <RecentTable
      title="Orders"
      area="orders"
      question={ORDERS}
      keep={KEPT}
      empty="No orders yet. Place one with the ticket."
      caption="Orders, newest first"
      columns={COLUMNS}
      Row={Row}
    />
  );
}

const Row = memo(function Row({ event: order }: { readonly event: Order }) {
  const { id, symbol, side, type, status, quantity, filledQuantity, averagePrice, updatedAt, rejection } = order;
  const limit = order.price ?? order.stopPrice;
  return (
    <tr className={OPEN.has(status) ? undefined : 'past'}>
      <th scope="row" className="strong">
        <span className="two-lines">
          <span>
            <span className={side === 'BUY' ? 'up' : 'down'}>{words(side)}</span> {symbol}{' '}
            <span className="muted optional">{words(type).toLowerCase()}</span>
          </span>
          <small className="narrow-only">
            <span className={TONES[status]}>{words(status)}</span>
          </small>
        </span>
      </th>
      <td className="optional" title={rejection?.message}>
        <span className={`chip ${TONES[status]}`}>{words(status)}</span>
      </td>
      <td className="number">
        {decimal.amount(filledQuantity)} <span className="muted optional">/ {decimal.amount(quantity)}</span>
      </td>
      <td className="number">{limit === null ? 'Market' : decimal.price(limit)}</td>
      <td className="number optional">{averagePrice === null ? '—' : decimal.price(averagePrice)}</td>
      <td className="number muted optional">{clock(updatedAt)}</td>
      <td className="number">
        {OPEN.has(status) && (
          <CommandButton mutation={CancelOrderDocument} variables={{ orderId: id }} of={`${words(side)} ${symbol}`}>
            Cancel
          </CommandButton>
        )}
      </td>
    </tr>
  );
});
