import type { Latest } from '../data/latest.ts';
import { useOnly } from '../data/use-stream.ts';
import { bytes, count } from '../format/number.ts';
import { DeliveryDocument, type DeliverySubscription } from '../generated/graphql.ts';
import { LatestPanel } from '../parts/latest-panel.tsx';
import { number, Table, text } from '../parts/table.tsx';

type Delivery = DeliverySubscription['deliveryStats'];

const DELIVERY = {
  document: DeliveryDocument,
  variables: {},
  value: ({ deliveryStats }: DeliverySubscription) => deliveryStats,
};

const COLUMNS = [
  text('Subscription'),
  number('Delivered'),
  number('Folded'),
  number('Waiting'),
  number('Lag p50', 'optional'),
  number('Lag p99'),
];

/** How delivery goes over the connection of this very page. */
export function DeliveryPanel() {
  return (
    <LatestPanel title="Your connection" area="delivery" question={DELIVERY} empty="Nothing was delivered yet.">
      {(latest) => <Subscriptions latest={latest} />}
    </LatestPanel>
  );
}

function Subscriptions({ latest }: { readonly latest: Latest<Delivery> }) {
  const stats = useOnly(latest);
  if (!stats) return null;
  return (
    <>
      <p className="summary muted">
        {count(stats.subscriptions.length)} subscriptions on one WebSocket, {bytes(stats.queuedBytes)} waiting
      </p>
      <Table caption="Subscriptions of this page" columns={COLUMNS}>
        <tbody>
          {stats.subscriptions.map(({ operationId, field, delivered, conflated, queuedBytes, lagMs }) => (
            <tr key={operationId}>
              <th scope="row" className="strong">
                {field}
              </th>
              <td className="number">{count(delivered)}</td>
              <td className="number">{count(conflated)}</td>
              <td className="number">{bytes(queuedBytes)}</td>
              <td className="number optional">{milliseconds(lagMs?.p50)}</td>
              <td className="number">{milliseconds(lagMs?.p99)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  );
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? '—' : `${value < 10 ? value.toFixed(1) : count(value)} ms`;
}
